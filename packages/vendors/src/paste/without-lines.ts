/**
 * A pasted text without some of its lines, numbered as by `parsePastedKeys`: of JSON, without these entries. `''` if
 * nothing but comments and headers would be left.
 */
export function withoutLines(text: string, lines: ReadonlySet<number>): string {
  const bare = text.replace(/^\uFEFF/, '')
  const trimmed = bare.trim()
  if (/^[[{]/.test(trimmed)) return jsonWithout(trimmed, lines)
  const kept = bare.split(/\r\n|\n|\r/).filter((_, index) => !lines.has(index + 1))
  return kept.every(isEmpty) ? '' : kept.join('\n')
}

function isEmpty(line: string): boolean {
  const content = line.trim()
  return content === '' || content.startsWith('#') || /^(?:platform|vendor|provider)\s*,.*key/i.test(content)
}

function jsonWithout(text: string, lines: ReadonlySet<number>): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  const isKept = (_: unknown, index: number): boolean => !lines.has(index + 1)
  const written = (some: readonly unknown[], kept: unknown): string =>
    some.length === 0 ? '' : JSON.stringify(kept, null, 2)
  if (Array.isArray(value)) {
    const kept = value.filter(isKept)
    return written(kept, kept)
  }
  if (typeof value !== 'object' || value === null) return text
  if ('keys' in value && Array.isArray(value.keys)) {
    const keys = value.keys.filter(isKept)
    return written(keys, { ...value, keys })
  }
  const entries = Object.entries(value).filter(isKept)
  return written(entries, Object.fromEntries(entries))
}
