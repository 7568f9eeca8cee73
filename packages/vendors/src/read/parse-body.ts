const longestText = 200_000

/** A body that came as text is parsed when it is JSON, and otherwise is the message itself. Never throws. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string' || body.length > longestText || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.parse(body)
  } catch {
    // Not JSON after all, such as a page of a proxy: its text is all there is.
    return body
  }
}
