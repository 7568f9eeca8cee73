import { readFileSync } from 'node:fs'
import { StartupError, utf8Text } from '@quotakeeper/server-kit'
import { type Document, isMap, isScalar, LineCounter, parseDocument, type YAMLParseError } from 'yaml'
import { type Config, configSchema } from './config-schema.js'
import { faultsOf } from './most-telling-issue.js'

const largestFileBytes = 4_194_304
/** The first ones: those after them usually follow from them. */
const maxSyntaxErrors = 5

/**
 * Reads and checks a configuration file.
 * @param path the file; also used in messages
 * @throws StartupError with a line for each error: file, line, column, path and error
 */
export function readConfigFile(path: string): Config {
  const text = readText(path)
  const lines = new LineCounter()
  // `<<` merges the fields of an anchor, as in YAML 1.1 and in the files of Docker Compose.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  if (document.errors.length > 0) {
    const faults = document.errors.slice(0, maxSyntaxErrors)
    throw new StartupError(
      faults.map(error => `${path}:${placeOf(lines, error.pos[0])}: ${syntaxText(error)}`).join('\n'),
    )
  }
  const result = configSchema.safeParse(dataOf(document, path))
  if (result.success) return result.data
  const faults = faultsOf(result.error).map(fault => {
    const place = placeOf(lines, offsetOf(document, fault.path))
    const where = fault.path.length === 0 ? '' : `${fault.path.join('.')}: `
    return `${path}:${place}: ${where}${fault.message}`
  })
  throw new StartupError(faults.join('\n'))
}

/** The parser's text for several documents names a function of it. */
function syntaxText({ code, message }: YAMLParseError): string {
  return code === 'MULTIPLE_DOCS' ? 'must be one YAML document: remove this line' : message
}

function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const remedy =
      reason === 'ENOENT'
        ? 'create it, or name another file in QUOTA_CONFIG'
        : 'let the user of this process read it, or name another file in QUOTA_CONFIG'
    throw new StartupError(`the configuration file ${path} cannot be read (${reason}): ${remedy}`, { cause })
  }
  if (bytes.length > largestFileBytes)
    throw new StartupError(`the configuration file ${path} is larger than ${largestFileBytes} bytes`)
  const text = utf8Text(bytes)
  if (text !== null) return text
  throw new StartupError(`the configuration file ${path} is not UTF-8 text: save it in that encoding`)
}

/** The document's value; an empty file is an empty configuration. */
function dataOf(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is not valid'
    throw new StartupError(`${path}: ${reason}`, { cause })
  }
}

function placeOf(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${line}:${col}`
}

/** The position of the path in the document: its last key, or the nearest existing ancestor. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    const key = isMap(parent)
      ? parent.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(last))?.key
      : undefined
    const node = key ?? document.getIn(path.slice(0, length), true)
    const range = rangeOf(node)
    if (range !== null) return range
  }
  return 0
}

function rangeOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : null
}
