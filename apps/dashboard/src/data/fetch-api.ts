import type { Translate } from '../texts/translate.js'
import { pathPrefix } from './path-prefix.js'

/**
 * Sends a request to the page's server, with errors that name it; browsers only say `Failed to fetch`.
 * @throws Error with a message for people if there is no answer or another server answers; the reason of the signal
 */
export async function fetchApi(
  t: Translate,
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const server = `${window.location.origin}${pathPrefix}`
  let response: Response
  try {
    response = await fetch(input, init)
  } catch (cause) {
    if (init?.signal?.aborted) throw cause
    throw new Error(t('notices.noAnswerAt', { server }), { cause })
  }
  if (/\bjson\b/i.test(response.headers.get('content-type') ?? '')) return response
  throw new Error(t('notices.notTheApi', { server, status: String(response.status) }))
}
