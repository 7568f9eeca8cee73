import type { Translate } from '../texts/translate.js'

/**
 * Sends a request to the page's server, with errors that name it; browsers only say `Failed to fetch`.
 * @throws Error with a message for people if there is no answer or another server answers; the reason of the signal
 */
export async function fetchApi(
  t: Translate,
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const { origin } = window.location
  let response: Response
  try {
    response = await fetch(input, init)
  } catch (cause) {
    if (init?.signal?.aborted) throw cause
    throw new Error(t('notices.noAnswerAt', { origin }), { cause })
  }
  if (/\bjson\b/i.test(response.headers.get('content-type') ?? '')) return response
  throw new Error(t('notices.notTheApi', { origin, status: String(response.status) }))
}
