import type { AppRouter } from '@quotakeeper/api'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'

export type Inputs = inferRouterInputs<AppRouter>
export type Outputs = inferRouterOutputs<AppRouter>
export type Client = TRPCClient<AppRouter>

/** The API's address and token. */
export interface ApiAddress {
  /** Without a final slash. */
  readonly url: string
  /** Null for none. */
  readonly token: string | null
}

/** Longer than the 5 s within which the API's store answers or fails. */
export const timeoutMs = 10_000

/** A client of the API. Each request times out after 10 s unless given, and aborts by the signal. */
export function connect({ url, token }: ApiAddress, signal: AbortSignal, withinMs = timeoutMs): Client {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/trpc`,
        headers: authorization(token),
        fetch: (input, init) => {
          // tRPC passes a RequestInit with another type.
          const options = init as RequestInit | undefined
          return fetch(input, {
            ...options,
            signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
          })
        },
      }),
    ],
  })
}

/** The authorization header. */
export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
