import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { StartupError } from '../lifecycle/startup-error.js'
import type { Environment } from './environment.js'

const maxBytes = 1_048_576
/** The first ones: those after them usually follow from them. */
const maxFaults = 10

/**
 * The variables of a `.env` file, read as Node.js does, but without skipping lines that it cannot read.
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
    return readFileSync(descriptor, 'utf8')
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

function faultsOf(text: string): readonly Fault[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const faults: Fault[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const content = (lines[index] ?? '').trim()
    if (content === '' || content.startsWith('#')) continue
    const line = index + 1
    const [, name, value] = /^(?:export\s+)?([^=]*?)\s*=\s*(.*)$/.exec(content) ?? []
    if (name === undefined || value === undefined) {
      faults.push({ line, fault: 'must be NAME=value; begin a comment with #' })
      continue
    }
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
      faults.push({ line, fault: 'what precedes = must be the name of a variable: letters, digits and _' })
      continue
    }
    const lastIndex = endOfValue(lines, index, value)
    if (lastIndex === null)
      faults.push({ line, fault: 'the quote before the value is not closed: close it, or remove it' })
    else index = lastIndex
  }
  return faults
}

/** The index of the line on which a value ends, which a quoted one may on a later line; null if it does not. */
function endOfValue(lines: readonly string[], index: number, value: string): number | null {
  const [quote] = /^["'`]/.exec(value) ?? []
  if (quote === undefined || value.includes(quote, 1)) return index
  const end = lines.findIndex((line, at) => at > index && line.includes(quote))
  return end === -1 ? null : end
}
