import { elementsOf, fieldOf } from '../json-value.js'

/** A model as its vendor lists it. */
export interface ListedModel {
  readonly id: string
  /** Epoch seconds; 0 where the vendor does not say. */
  readonly created: number
}

/** Models of one list that are taken; no vendor has as many. */
const maxModels = 5_000
const maxIdLength = 200

/**
 * The models of a vendor's list, each once; null where it is none. Lists are `{ data: [{ id }] }` as OpenAI's, bare
 * as Together's, or `{ models: [{ name }] }`. Gemini's ids begin with `models/`, by which nobody calls them.
 */
export function readModelList(body: unknown): readonly ListedModel[] | null {
  const entries = [fieldOf(body, 'data'), fieldOf(body, 'models'), body].find(Array.isArray)
  if (entries === undefined) return null
  const listed = new Map<string, ListedModel>()
  for (const entry of elementsOf(entries)) {
    const id = idOf(entry)
    if (id === null || listed.has(id)) continue
    if (listed.size >= maxModels) break
    listed.set(id, { id, created: createdOf(entry) })
  }
  return [...listed.values()]
}

function idOf(entry: unknown): string | null {
  const text = typeof entry === 'string' ? entry : (fieldOf(entry, 'id') ?? fieldOf(entry, 'name'))
  if (typeof text !== 'string') return null
  const id = text.replace(/^models\//, '')
  return id !== '' && id.length <= maxIdLength && !/[\p{Cc}\p{Surrogate}]/u.test(id) ? id : null
}

function createdOf(entry: unknown): number {
  const created = fieldOf(entry, 'created')
  return typeof created === 'number' && Number.isSafeInteger(created) && created > 0 ? created : 0
}
