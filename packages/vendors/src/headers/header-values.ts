/** Longer headers are ignored. */
export const maxHeaderLength = 4_000

/** Response headers as a plain object; names in any case. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Response headers by their lower-case names, trimmed. */
export type HeaderValues = ReadonlyMap<string, string>

/**
 * The headers with the given names. Ignores values that are empty or not text.
 *
 * @param names in lower case; other headers are ignored, however many there are
 */
export function headerValues(headers: unknown, names: ReadonlySet<string>): HeaderValues {
  const values = new Map<string, string>()
  if (typeof headers !== 'object' || headers === null) return values
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    if (!names.has(key)) continue
    const text = headerText(value).trim()
    if (text !== '' && text.length <= maxHeaderLength && !values.has(key)) values.set(key, text)
  }
  return values
}

function headerText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? value.filter(part => typeof part === 'string').join(', ') : ''
}
