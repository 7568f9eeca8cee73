import type { httpLink } from '@trpc/client'
import { type Agent, request } from 'undici'

/** The `fetch` that tRPC's links take. */
export type LinkFetch = NonNullable<Parameters<typeof httpLink>[0]['fetch']>

/**
 * The least of a `fetch` that tRPC needs, over an agent that keeps connections. The web's `fetch` would
 * build request, response and streams that nobody reads.
 */
export function fetchThrough(agent: Agent, timeoutMs: number): LinkFetch {
  return async (input, init) => {
    const { statusCode, body } = await request(String(input), {
      dispatcher: agent,
      method: init?.method === 'POST' ? 'POST' : 'GET',
      headers: plainHeaders(init?.headers),
      body: typeof init?.body === 'string' ? init.body : null,
      signal: init?.signal ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    return { ok: statusCode >= 200 && statusCode < 300, json: () => body.json() }
  }
}

/** tRPC's links give a plain object; anything else would be a change of theirs, and is not sent. */
function plainHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'))
}
