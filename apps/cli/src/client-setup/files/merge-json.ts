import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'

/** A value at a path, or an entry of a list. */
export type JsonChange =
  | { readonly path: readonly string[]; readonly value: unknown; readonly onlyIfAbsent?: boolean }
  /** Appended to the list at the path unless it has an entry with the same `identity`. */
  | {
      readonly path: readonly string[]
      readonly entry: Readonly<Record<string, unknown>>
      readonly identity: string
    }

/**
 * The text with the changes in it; comments, order and everything else stay, but that a line before what is inserted may
 * be spread over several. JSON with comments and trailing commas.
 * @param text null where there is no file yet
 * @throws SyntaxError with line and column where the text is none, or holds something else at a path
 */
export function mergeJson(text: string | null, changes: readonly JsonChange[]): string {
  const start = text === null || text.trim() === '' ? '{}\n' : text
  const formattingOptions = { insertSpaces: !/^\t/m.test(start), tabSize: indentOf(start), eol: eolOf(start) }
  return changes.reduce((edited, change) => {
    const root = readJson(edited)
    const found = findNodeAtLocation(root, [...change.path])
    if ('entry' in change) {
      const { entry, identity } = change
      if (found !== undefined && found.type !== 'array') throw elsewhere(change.path)
      const isThere = (found?.children ?? []).some(child => isEntry(child, identity, entry[identity]))
      if (isThere) return edited
      const path: JSONPath = [...change.path, found?.children?.length ?? 0]
      const list = found === undefined ? { path: [...change.path], value: [entry] } : { path, value: entry }
      const options = { formattingOptions, isArrayInsertion: found !== undefined }
      return applyEdits(edited, modify(edited, list.path, list.value, options))
    }
    if (found !== undefined && (change.onlyIfAbsent === true || getNodeValue(found) === change.value))
      return edited
    checkParents(root, change.path)
    return applyEdits(edited, modify(edited, [...change.path], change.value, { formattingOptions }))
  }, start)
}

/** Whether the root of the text, as far as it can be read, has the key. */
export function hasKey(text: string, key: string): boolean {
  const root = parseTree(text, [], { allowTrailingComma: true })
  return root !== undefined && findNodeAtLocation(root, [key]) !== undefined
}

function isEntry(node: Node, identity: string, value: unknown): boolean {
  const found = findNodeAtLocation(node, [identity])
  return found !== undefined && getNodeValue(found) === value
}

/** @throws SyntaxError where something that is no object is in the way */
function checkParents(root: Node, path: readonly string[]): void {
  for (let depth = 0; depth < path.length; depth += 1) {
    const parent = findNodeAtLocation(root, path.slice(0, depth))
    if (parent !== undefined && parent.type !== 'object') throw elsewhere(path.slice(0, depth))
  }
}

function elsewhere(path: readonly string[]): SyntaxError {
  return new SyntaxError(`"${path.join('.')}" holds something else than is expected there`)
}

function readJson(text: string): Node {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined) {
    const before = text.slice(0, error.offset).split('\n')
    const place = `${before.length}:${(before.at(-1) ?? '').length + 1}`
    throw new SyntaxError(`${place}: ${printParseErrorCode(error.error)}`)
  }
  if (root?.type !== 'object') throw new SyntaxError('1:1: ObjectExpected')
  return root
}

function indentOf(text: string): number {
  return /^ +(?=\S)/m.exec(text)?.[0].length ?? 2
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}
