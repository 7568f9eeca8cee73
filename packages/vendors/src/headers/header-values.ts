/** Most headers, and the longest of them, that are looked at. */
const mostHeaders = 300
const longestValue = 4_000

/** Response headers as a plain object; names in any case. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Response headers by their lower-case names, trimmed. */
export type HeaderValues = ReadonlyMap<string, string>

/** Headers by lower-case name. What isn't text is left out, and so are empty values: they say nothing. */
export function headerValues(headers: unknown): HeaderValues {
  const values = new Map<string, string>()
  if (typeof headers !== 'object' || headers === null) return values
  for (const [name, value] of Object.entries(headers).slice(0, mostHeaders)) {
    const text = headerText(value).trim()
    const key = name.toLowerCase()
    if (text !== '' && text.length <= longestValue && !values.has(key)) values.set(key, text)
  }
  return values
}

function headerText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? value.filter(part => typeof part === 'string').join(', ') : ''
}
