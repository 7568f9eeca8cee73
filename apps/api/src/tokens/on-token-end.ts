import type { Caller, Services } from '../router/context.js'

const everyMs = 500

/**
 * Calls `onEnd` once the caller's stored token is no longer valid, so that a stream does not outlive it. A token that
 * cannot be read ends nothing: what a stream sends comes from the same database.
 * @returns stops watching
 */
export function onTokenEnd(
  { token }: Pick<Caller, 'token'>,
  tokens: Services['tokens'],
  onEnd: () => void,
): () => void {
  if (token === null) return () => {}
  const look = async (): Promise<void> => {
    const known = await tokens.find(token.sha256).catch(() => null)
    if (known === null || known.token !== null) return
    clearInterval(timer)
    onEnd()
  }
  const timer = setInterval(() => void look(), everyMs).unref()
  return () => clearInterval(timer)
}
