import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { StartupError } from '../lifecycle/startup-error.js'
import type { Environment } from './environment.js'
import { utf8Text } from './utf8-text.js'

const maxBytes = 1_048_576
/** The first ones: those after them usually follow from them. */
const maxFaults = 10

/**
 * The variables of a `.env` file, read as Node.js does, but without skipping what it cannot read: lines, and ends of
 * values.
 * @throws StartupError with a line for each fault: file, line and remedy, never a content
 */
export function readDotenv(path: string): Environment {
  const text = readText(path)
  const faults = faultsOf(text).slice(0, maxFaults)
  if (faults.length > 0)
    throw new StartupError(faults.map(({ line, fault }) => `${path}:${line}: ${fault}`).join('\n'))
  return parseEnv(text)
}

function readText(path: string): string {
  let descriptor: number | null = null
  try {
    descriptor = openSync(path, 'r')
    if (fstatSync(descriptor).size > maxBytes)
      throw new StartupError(`${path} is larger than ${maxBytes} bytes: it must hold settings alone`)
    const text = utf8Text(readFileSync(descriptor))
    if (text === null) throw new StartupError(`${path} is not UTF-8 text: save it in that encoding`)
    return text
  } catch (cause) {
    if (cause instanceof StartupError) throw cause
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new StartupError(
      `${path} cannot be read (${reason}): make it a file that the user of this process may read, or remove it`,
      { cause },
    )
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

interface Fault {
  readonly line: number
  readonly fault: string
}

const faultTexts = {
  line: 'must be NAME=value; begin a comment with #',
  name: 'what precedes = must be the name of a variable: letters, digits and _',
  open: 'the quote before the value is not closed: close it, or remove it',
  afterQuote:
    'a comment alone may follow the closing quote: put the value in quotes that it does not contain',
  hash: 'the value would end at its #: put it in quotes, or a space before a comment',
} as const

function faultsOf(text: string): readonly Fault[] {
  const lines = text.split(/\r?\n/)
  const found: Fault[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const content = (lines[index] ?? '').trim()
    if (content === '' || content.startsWith('#')) continue
    const line = index + 1
    // Node.js takes a name after `export` and a tab for one that contains both.
    const [, name, value] = /^(?:export +)?([^=]*?)\s*=(.*)$/.exec(content) ?? []
    if (name === undefined || value === undefined) {
      found.push({ line, fault: faultTexts.line })
      continue
    }
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
      found.push({ line, fault: faultTexts.name })
      continue
    }
    const end = endOfValue(lines, index, value)
    if (end.fault !== null) found.push({ line, fault: end.fault })
    index = end.index
  }
  return found
}

interface ValueEnd {
  /** The index of the line on which the value ends; a quoted one may end on a later line. */
  readonly index: number
  readonly fault: string | null
}

function endOfValue(lines: readonly string[], index: number, value: string): ValueEnd {
  const written = value.trimStart()
  const [quote] = /^["'`]/.exec(written) ?? []
  if (quote === undefined)
    return { index, fault: /(?:^|\S)#/.test(beforeComment(value)) ? faultTexts.hash : null }
  if (written.includes(quote, 1)) return { index, fault: faultAfter(quote, written.slice(1)) }
  const end = lines.findIndex((line, at) => at > index && line.includes(quote))
  if (end === -1) return { index, fault: faultTexts.open }
  return { index: end, fault: faultAfter(quote, lines[end] ?? '') }
}

/** The value with the first `#` and what precedes it. */
function beforeComment(value: string): string {
  return value.slice(0, value.indexOf('#') + 1)
}

/** The fault of what follows the first such quote, which Node.js leaves out. */
function faultAfter(quote: string, text: string): string | null {
  const rest = text.slice(text.indexOf(quote) + 1).trim()
  return rest === '' || rest.startsWith('#') ? null : faultTexts.afterQuote
}
