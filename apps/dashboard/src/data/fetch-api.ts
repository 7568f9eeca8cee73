/**
 * Asks the server that this page came from, so that what goes wrong names it: a browser's own words are
 * `Failed to fetch`.
 * @throws Error for people, where nobody answers, or somebody else does; the reason of the signal
 */
export async function fetchApi(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const { origin } = window.location
  let response: Response
  try {
    response = await fetch(input, init)
  } catch (cause) {
    if (init?.signal?.aborted) throw cause
    throw new Error(`the API at ${origin} does not answer; check that it is running`, { cause })
  }
  if (/\bjson\b/i.test(response.headers.get('content-type') ?? '')) return response
  throw new Error(
    `${origin} is not answered by the API (HTTP ${response.status}); check the proxy in between`,
  )
}
