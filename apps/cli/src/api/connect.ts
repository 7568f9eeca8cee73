import type { AppRouter } from '@quotakeeper/api'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'

export type Inputs = inferRouterInputs<AppRouter>
export type Outputs = inferRouterOutputs<AppRouter>
export type Client = TRPCClient<AppRouter>

/** Where the API is, and what opens it. */
export interface ApiAddress {
  /** Without a slash at its end. */
  readonly url: string
  /** Null for none. */
  readonly token: string | null
}

/** Above the 5 s within which the API's store answers or gives up. */
export const timeoutMs = 10_000

/** A client of the API. Each question ends within 10 s unless given longer, or at once by the signal. */
export function connect({ url, token }: ApiAddress, signal: AbortSignal, withinMs = timeoutMs): Client {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/trpc`,
        headers: authorization(token),
        fetch: (input, init) => {
          // What tRPC hands on is a RequestInit by another name.
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

/** The header that shows the token. */
export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
