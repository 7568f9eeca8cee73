import { elementsOf, fieldOf } from '../json-value.js'

/** A model as listed by its vendor. */
export interface ListedModel {
  readonly id: string
  /** Epoch seconds; 0 if not stated. */
  readonly created: number
}

/** Most models read from one list; no vendor has as many. */
const maxModels = 5_000
const maxIdLength = 200

/**
 * Reads a vendor's list of models without duplicates; null if it is not a list. Formats: `{ data: [{ id }] }` (OpenAI),
 * a bare array (Together), `{ models: [{ name }] }`. Removes Gemini's prefix `models/`, which calls do not use.
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
