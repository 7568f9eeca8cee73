import { isDeepStrictEqual } from 'node:util'
import { parse, TomlError, type TomlTable } from 'smol-toml'

/** Settings of a TOML file: keys of its root, and keys of one table; null takes a key away. */
export interface TomlSettings {
  readonly root: Readonly<Record<string, string>>
  readonly table: readonly [string, ...string[]]
  readonly values: Readonly<Record<string, string | null>>
}

const empty: TomlTable = {}

/**
 * The text with the settings in it. Lines are edited, so that comments and everything else stay; the parser then
 * checks that the file says what was meant and nothing else.
 * @param text null where there is no file yet
 * @throws SyntaxError with line and column where the text is no TOML, or says the same in a form that lines cannot change
 */
export function mergeToml(text: string | null, settings: TomlSettings): string {
  const before = text === null ? empty : readToml(text)
  const merged = Object.entries(settings.root).reduce<readonly string[]>(
    (lines, [key, value]) => setKey(lines, 0, { key, value }),
    text === null || text.trim() === '' ? [] : text.replace(/\n$/, '').split('\n'),
  )
  const after = `${setTable(merged, settings).join('\n')}\n`
  // The parser's objects have no prototype, which copies have.
  if (!isDeepStrictEqual(structuredClone(parsed(after)), structuredClone(wanted(before, settings))))
    throw new SyntaxError(`${settings.table.join('.')} is written in a form that cannot be changed here`)
  return after
}

function setTable(lines: readonly string[], { table, values }: TomlSettings): readonly string[] {
  const entries = Object.entries(values)
  const start = lines.findIndex(line => isHeaderOf(line, table))
  if (start === -1) {
    const keys = entries.flatMap(([key, value]) => (value === null ? [] : [`${key} = ${quoted(value)}`]))
    return [...lines, ...(lines.length === 0 ? [] : ['']), `[${table.join('.')}]`, ...keys]
  }
  return entries.reduce((edited, [key, value]) => setKey(edited, start + 1, { key, value }), lines)
}

/** Sets a key among the lines from `start` to the next table. */
function setKey(
  lines: readonly string[],
  start: number,
  { key, value }: { readonly key: string; readonly value: string | null },
): readonly string[] {
  const next = lines.findIndex((line, index) => index >= start && /^\s*\[/.test(line))
  const end = next === -1 ? lines.length : next
  const pattern = new RegExp(`^(\\s*["']?${key}["']?\\s*=\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*')(.*)$`)
  const at = lines.findIndex((line, index) => index >= start && index < end && pattern.test(line))
  if (at !== -1) {
    const line = lines[at] ?? ''
    const edited =
      value === null ? [] : [line.replace(pattern, (_, head, __, tail) => head + quoted(value) + tail)]
    return [...lines.slice(0, at), ...edited, ...lines.slice(at + 1)]
  }
  if (value === null) return lines
  const line = `${key} = ${quoted(value)}`
  // Keys of the root come first, where a comment on the first table is not torn from it; those of a table behind its last.
  const where = start === 0 ? firstKey(lines, end) : lastLine(lines, start, end)
  const gap = start === 0 && where === end && end < lines.length ? [''] : []
  return [...lines.slice(0, where), line, ...gap, ...lines.slice(where)]
}

/** Before the first key of the root, or before what stands above the first table. */
function firstKey(lines: readonly string[], end: number): number {
  const key = lines.findIndex((line, index) => index < end && /^\s*[\w"']/.test(line))
  return key === -1 ? 0 : key
}

function lastLine(lines: readonly string[], start: number, end: number): number {
  let last = end
  while (last > start && (lines[last - 1] ?? '').trim() === '') last -= 1
  return last
}

function isHeaderOf(line: string, table: readonly string[]): boolean {
  const [, name] = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line) ?? []
  return (
    name
      ?.split('.')
      .map(part => part.trim().replace(/^(["'])(.*)\1$/, '$2'))
      .join('.') === table.join('.')
  )
}

/** TOML reads JSON's escapes. */
function quoted(value: string): string {
  return JSON.stringify(value)
}

function wanted(before: TomlTable, { root, table, values }: TomlSettings): TomlTable {
  const set = (node: TomlTable, [name, ...rest]: readonly string[]): TomlTable => {
    if (name === undefined) {
      const kept = Object.entries({ ...node, ...values }).filter(([, value]) => value !== null)
      return Object.fromEntries(kept) as TomlTable
    }
    const child = node[name]
    const isTable = typeof child === 'object' && !Array.isArray(child) && !(child instanceof Date)
    return { ...node, [name]: set(isTable ? child : empty, rest) }
  }
  return set({ ...before, ...root }, table)
}

/** Null where it is no TOML. */
function parsed(text: string): TomlTable | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}

function readToml(text: string): TomlTable {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // Below its first line the parser quotes the file, which may hold secrets.
    const [reason] = error.message.split('\n')
    throw new SyntaxError(`${error.line}:${error.column}: ${reason}`, { cause: error })
  }
}
