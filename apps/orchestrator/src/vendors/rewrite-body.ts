/** What a field may be set to. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly unknown[]
  | { readonly [field: string]: unknown }

/**
 * The JSON text of an object with some of its own fields set anew, and all else as it was, byte for byte:
 * numbers beyond double precision, the order of fields, what we know nothing of. A field that is there
 * twice is set twice, since parsers differ in which one they take.
 *
 * @param text valid JSON, an object
 */
export function rewriteBody(text: string, fields: Readonly<Record<string, JsonValue>>): string {
  const missing = new Set(Object.keys(fields))
  let rewritten = ''
  let copied = 0
  for (const { name, start, end } of ownFields(text)) {
    if (!Object.hasOwn(fields, name)) continue
    rewritten += text.slice(copied, start) + JSON.stringify(fields[name])
    copied = end
    missing.delete(name)
  }
  rewritten += text.slice(copied)
  if (missing.size === 0) return rewritten
  const added = [...missing].map(name => `${JSON.stringify(name)}:${JSON.stringify(fields[name])}`).join(',')
  const isEmpty = /^\s*\{\s*\}\s*$/.test(rewritten)
  // At the front: what stands at the end may be anything.
  return rewritten.replace('{', () => `{${added}${isEmpty ? '' : ','}`)
}

/** The JSON text of an object without one of its own fields, and all else as it was. */
export function withoutField(text: string, field: string): string {
  const fields = [...ownFields(text)]
  const kept = fields.filter(({ name }) => name !== field)
  if (kept.length === fields.length) return text
  const [first] = fields
  const last = fields.at(-1)
  if (first === undefined || last === undefined) return text
  const inside = kept.map(({ nameStart, end }) => text.slice(nameStart, end)).join(',')
  return text.slice(0, first.nameStart) + inside + text.slice(last.end)
}

/** Whether an object has one of its own fields more than once. */
export function isRepeated(text: string, field: string): boolean {
  let isThere = false
  for (const { name } of ownFields(text)) {
    if (name === field && isThere) return true
    isThere ||= name === field
  }
  return false
}

/** Where the own fields of an object are: name, and value. */
function* ownFields(text: string): Iterable<{ name: string; nameStart: number; start: number; end: number }> {
  let position = skipSpace(text, skipSpace(text, 0) + 1)
  while (text[position] === '"') {
    const nameEnd = endOfString(text, position)
    const name: unknown = JSON.parse(text.slice(position, nameEnd))
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1)
    const end = endOfValue(text, start)
    yield { name: String(name), nameStart: position, start, end }
    // Behind the comma or, at the end, behind the brace.
    position = skipSpace(text, skipSpace(text, end) + 1)
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let position = start
  while (position < text.length) {
    const character = text[position]
    if (character === '"') position = endOfString(text, position) - 1
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    else if (depth === 0 && (character === ',' || isSpace(character))) return position
    if (depth < 0) return position
    position++
    if (depth === 0 && (character === '"' || character === '}' || character === ']')) return position
  }
  return position
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote === -1 ? text.length : quote + 1
}

/** An odd number of backslashes before it escapes a quote; an even number are backslashes themselves. */
function isEscaped(text: string, quote: number): boolean {
  let position = quote - 1
  while (text[position] === '\\') position--
  return (quote - position) % 2 === 0
}

function skipSpace(text: string, start: number): number {
  let position = start
  while (isSpace(text[position])) position++
  return position
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}
