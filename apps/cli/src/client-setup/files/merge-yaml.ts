import { isMap, isSeq, parseDocument } from 'yaml'

/** Settings of a YAML file whose root is a map. */
export interface YamlSettings {
  /** Keys that are set. */
  readonly values?: Readonly<Record<string, string>>
  /** Keys that are set where they are missing. */
  readonly defaults?: Readonly<Record<string, string>>
  /** Entries of a list: one with the same `identity` is changed, others are appended. */
  readonly list?: {
    readonly key: string
    readonly identity: string
    readonly entries: readonly Readonly<Record<string, string>>[]
  }
}

/**
 * The text with the settings in it; comments, order and everything else stay.
 * @param text null where there is no file yet
 * @throws SyntaxError with line and column where the text is no YAML map, or has no list where one is expected
 */
export function mergeYaml(text: string | null, { values = {}, defaults = {}, list }: YamlSettings): string {
  const document = parseDocument(text ?? '', { prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined) {
    const [place] = error.linePos ?? []
    throw new SyntaxError(`${place?.line ?? 1}:${place?.col ?? 1}: ${error.code}`)
  }
  if (document.contents !== null && !isMap(document.contents)) throw new SyntaxError('1:1: a map is expected')
  for (const [key, value] of Object.entries(defaults)) if (!document.has(key)) document.set(key, value)
  for (const [key, value] of Object.entries(values)) document.set(key, value)
  if (list !== undefined) {
    const { key, identity, entries } = list
    if (document.get(key) === undefined || document.get(key) === null)
      document.set(key, document.createNode([]))
    const found = document.get(key)
    if (!isSeq(found)) throw new SyntaxError(`"${key}" holds something else than a list`)
    for (const entry of entries) {
      const own = found.items.find(item => isMap(item) && item.get(identity) === entry[identity])
      if (!isMap(own)) found.add(document.createNode(entry))
      else for (const [field, value] of Object.entries(entry)) own.set(field, value)
    }
  }
  return document.toString({ lineWidth: 0 })
}
