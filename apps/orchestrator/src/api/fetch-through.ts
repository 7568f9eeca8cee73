import type { httpLink } from '@trpc/client'
import { type Agent, request } from 'undici'

/** The `fetch` type of tRPC's links. */
export type LinkFetch = NonNullable<Parameters<typeof httpLink>[0]['fetch']>

/**
 * A minimal `fetch` for tRPC over a keep-alive agent. The standard `fetch` would create request, response and stream
 * objects that are not needed.
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

/** tRPC's links pass a plain object; anything else is ignored. */
function plainHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'))
}
