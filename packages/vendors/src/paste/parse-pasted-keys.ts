import { type SkippedLine, skippedLine } from './skipped-line.js'
import { vendorOfName, vendorOfVariable } from './vendor-of-name.js'

/** Longest text that is read, in characters. */
const maxLength = 1_000_000
/** Most keys of a text. */
const maxKeys = 1_000

/** A key in a pasted text. */
export interface PastedKey {
  /** Of the text, from 1; in JSON, which entry. */
  readonly line: number
  readonly vendor: string
  /** Secret. */
  readonly key: string
  /** Null without one. */
  readonly label: string | null
  /** Null for the vendor's. */
  readonly baseUrl: string | null
}

/** A line that has the key of an earlier line. */
export interface DuplicateKey {
  readonly line: number
  readonly vendor: string
  readonly sameAsLine: number
}

/** What a pasted text contains. */
export interface PastedKeys {
  /** Without duplicates, in the order of the text. */
  readonly keys: readonly PastedKey[]
  readonly duplicates: readonly DuplicateKey[]
  readonly skipped: readonly SkippedLine[]
}

type Line = PastedKey | SkippedLine

/**
 * Reads keys from a pasted text: lines of `.env` (`GROQ_API_KEY_2=…`), lines `platform,key,label`, or JSON: a list of
 * `{ platform, key, label?, baseUrl? }`, the same in `keys`, or an object of variables.
 */
export function parsePastedKeys(text: string): PastedKeys {
  if (text.length > maxLength)
    return { keys: [], duplicates: [], skipped: [skippedLine(1, 'text_too_long', String(maxLength))] }
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const lines = /^[[{]/.test(trimmed) ? linesOfJson(trimmed) : linesOfText(text.replace(/^\uFEFF/, ''))
  return withoutDuplicates(lines)
}

function withoutDuplicates(lines: readonly Line[]): PastedKeys {
  const first = new Map<string, PastedKey>()
  const duplicates: DuplicateKey[] = []
  const skipped: SkippedLine[] = []
  for (const line of lines) {
    if ('reason' in line) {
      skipped.push(line)
      continue
    }
    const identity = [line.vendor, line.baseUrl ?? '', line.key].join('\n')
    const same = first.get(identity)
    if (same !== undefined) duplicates.push({ line: line.line, vendor: line.vendor, sameAsLine: same.line })
    else if (first.size < maxKeys) first.set(identity, line)
    else skipped.push(skippedLine(line.line, 'too_many_keys', String(maxKeys)))
  }
  return { keys: [...first.values()], duplicates, skipped }
}

function linesOfText(text: string): readonly Line[] {
  return text.split(/\r\n|\n|\r/).flatMap((written, index): readonly Line[] => {
    const line = index + 1
    const content = written.trim()
    if (content === '' || content.startsWith('#')) return []
    const [, variable, value = ''] = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(content) ?? []
    if (variable !== undefined) return [keyOfVariable({ line, variable, value: unquoted(value) })]
    if (content.includes(',')) return keyOfFields(line, content.split(',').map(unquoted))
    return [skippedLine(line, 'no_key_line')]
  })
}

/** Without quotes, and without a comment behind the value. */
function unquoted(written: string): string {
  const text = written.trim()
  const [, , quoted] = /^(["'])(.*?)\1/.exec(text) ?? []
  return quoted ?? text.replace(/\s+#.*$/, '')
}

function keyOfVariable(of: {
  readonly line: number
  readonly variable: string
  readonly value: string
}): Line {
  const { line, variable, value } = of
  const found = vendorOfVariable(variable)
  if (found === null) return skippedLine(line, 'unknown_variable', shownVariable(variable))
  // A number only distinguishes variables.
  const label = /^\d*$/.test(found.rest) ? null : found.rest.toLowerCase()
  return checked({ line, vendor: found.vendor, key: value, label, baseUrl: null })
}

function keyOfFields(
  line: number,
  [platform = '', key = '', label = '']: readonly string[],
): readonly Line[] {
  const isHeader = /^(?:platform|vendor|provider)$/i.test(platform) && /key/i.test(key)
  if (isHeader) return []
  return [keyOfPlatform({ line, platform, key, label, baseUrl: null })]
}

function keyOfPlatform(of: {
  readonly line: number
  readonly platform: string
  readonly key: string
  readonly label: string
  readonly baseUrl: string | null
}): Line {
  const { line, platform, key, label, baseUrl } = of
  const vendor = vendorOfName(platform)
  if (vendor === null) return skippedLine(line, 'unknown_vendor', shown(platform))
  return checked({ line, vendor, key, label: label === '' ? null : label, baseUrl })
}

/** What precedes the first "=" may itself be a key in base64, so only what is written like a variable is repeated. */
function shownVariable(variable: string): string {
  return /^[A-Z][A-Z_]{0,39}(?:_\d{1,3})?$/.test(variable) && variable.includes('_') ? variable : '…'
}

/** The first field of a line may itself be a key. */
function shown(platform: string): string {
  return /^[A-Za-z][\w -]{0,19}$/.test(platform) && !/\d{3}/.test(platform) ? platform : '…'
}

function checked(key: PastedKey): Line {
  if (key.key === '') return skippedLine(key.line, 'empty_key', key.vendor)
  return /^[\x21-\x7e]{4,4096}$/.test(key.key) ? key : skippedLine(key.line, 'invalid_key', key.vendor)
}

function linesOfJson(text: string): readonly Line[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Its message would repeat a part of the text.
    return [skippedLine(1, 'invalid_json')]
  }
  const list = Array.isArray(value) ? value : isRecord(value) ? value['keys'] : undefined
  if (Array.isArray(list)) return list.map((entry, index) => keyOfEntry(index + 1, entry))
  if (!isRecord(value)) return [skippedLine(1, 'no_list')]
  return Object.entries(value).map(([variable, key], index) =>
    keyOfVariable({ line: index + 1, variable, value: textOf(key).trim() }),
  )
}

function keyOfEntry(line: number, entry: unknown): Line {
  if (!isRecord(entry)) return skippedLine(line, 'no_object')
  const platform = textOf(entry['platform'] ?? entry['vendor'] ?? entry['provider'])
  const key = textOf(entry['key'] ?? entry['apiKey'] ?? entry['api_key']).trim()
  const baseUrl = textOf(entry['baseUrl'] ?? entry['base_url'])
  const label = textOf(entry['label'] ?? entry['name'])
  return keyOfPlatform({ line, platform, key, label, baseUrl: baseUrl === '' ? null : baseUrl })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
