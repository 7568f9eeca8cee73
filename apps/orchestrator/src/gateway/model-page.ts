import { invalidRequest } from '../endpoints/openai-error.js'
import type { CallableModel } from '../routing/callable-models.js'
import type { OpenAiError } from './send-error.js'

/** One model, for clients of OpenAI (`object`, `created`, `owned_by`) and of Anthropic (`type`, `display_name`, `created_at`). */
export interface ListedName {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly type: 'model'
  readonly display_name: string
  /** RFC 3339. */
  readonly created_at: string
}

/** A list for both kinds of clients. */
export interface ModelPage {
  readonly object: 'list'
  readonly data: readonly ListedName[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
}

const maxLimit = 1_000

/** Converts a model for both kinds of clients. */
export function listedName({ id, ownedBy, created }: CallableModel): ListedName {
  const createdAt = new Date(created * 1_000)
  return {
    id,
    object: 'model',
    created,
    owned_by: ownedBy,
    type: 'model',
    display_name: id,
    // Vendors may state an invalid instant.
    created_at: Number.isNaN(createdAt.getTime()) ? new Date(0).toISOString() : createdAt.toISOString(),
  }
}

/**
 * The requested page by the parameters of Anthropic's clients: `limit`, `after_id`, `before_id`. The whole list without
 * these, since OpenAI's clients do not page. Source: https://docs.anthropic.com/en/api/models-list, by the types of
 * @anthropic-ai/sdk (2026-11-29).
 *
 * @returns the page, or the error of the query
 */
export function modelPage(
  models: readonly CallableModel[],
  query: URLSearchParams,
): { readonly page: ModelPage } | { readonly fault: OpenAiError } {
  const limit = limitIn(query.get('limit'))
  if (limit === null)
    return { fault: invalidRequest(`"limit" must be from 1 to ${maxLimit}.`, 'limit', 'invalid_limit') }
  const afterId = query.get('after_id')
  const beforeId = query.get('before_id')
  const after = afterId === null ? -1 : models.findIndex(({ id }) => id === afterId)
  const before = beforeId === null ? models.length : models.findIndex(({ id }) => id === beforeId)
  if (afterId !== null && after === -1) return { fault: unknownId('after_id') }
  if (before === -1) return { fault: unknownId('before_id') }
  const some = models.slice(after + 1, before)
  // Counted from the end if models before one are requested.
  const isBackward = beforeId !== null && afterId === null
  const shown = isBackward ? some.slice(Math.max(0, some.length - limit)) : some.slice(0, limit)
  const data = shown.map(listedName)
  const page: ModelPage = {
    object: 'list',
    data,
    has_more: shown.length < some.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
  return { page }
}

function limitIn(text: string | null): number | null {
  if (text === null) return Number.POSITIVE_INFINITY
  return /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= maxLimit ? Number(text) : null
}

function unknownId(param: string): OpenAiError {
  return invalidRequest(`"${param}" is none of the models that are listed here.`, param, 'model_not_found')
}
