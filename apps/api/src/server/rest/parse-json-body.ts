/**
 * The body as JSON; undefined when there is none, since some calls have nothing to say.
 * @throws Error of status 400 for what is not JSON
 */
export async function parseJsonBody(_request: unknown, body: string | Buffer): Promise<unknown> {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw Object.assign(new Error('the body is not valid JSON', { cause }), { statusCode: 400 })
  }
}
