const longestText = 200_000

/** Parses a text body if it is JSON; otherwise returns the text. Never throws. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string' || body.length > longestText || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.parse(body)
  } catch {
    // Not JSON, for example a proxy's page: returned as text.
    return body
  }
}
