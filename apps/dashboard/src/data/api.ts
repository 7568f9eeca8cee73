import type { AppRouter } from '@quotakeeper/api'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, type TRPCClient, TRPCClientError } from '@trpc/client'
import type { inferRouterOutputs } from '@trpc/server'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { Translate } from '../texts/translate.js'
import { fetchApi } from './fetch-api.js'
import { addressOf } from './path-prefix.js'

/** Query key of the session. */
export const sessionKey = ['session'] as const

const context = createTRPCContext<AppRouter>()

/** Provides the procedures to components, as options of queries and mutations. */
export const ApiProvider: typeof context.TRPCProvider = context.TRPCProvider
export const useApi: typeof context.useTRPC = context.useTRPC
/** The client itself, for calls that the options do not cover. */
export const useApiClient: typeof context.useTRPCClient = context.useTRPCClient

export type { AppRouter }
export type Outputs = inferRouterOutputs<AppRouter>
export type ProviderStats = Outputs['stats']['all']['providers'][number]
export type ConsumerStats = Outputs['consumers']['stats']
export type Consumer = Outputs['consumers']['get']
/** A limit of a provider or a consumer. */
export type LimitState = ConsumerStats['limits'][number]
export type Total = Outputs['stats']['all']['totals'][number]
export type Provider = Outputs['providers']['get']

/** Most calls per request, as limited by the API. */
const maxInBatch = 20
const retries = 2

/**
 * Creates the client of the API that serves this page, and its query cache.
 * @param texts the texts of the reader's language when an error is made
 */
export function connect(texts: () => Translate): {
  queryClient: QueryClient
  trpcClient: TRPCClient<AppRouter>
} {
  const trpcClient = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: addressOf('/trpc'),
        maxItems: maxInBatch,
        // tRPC passes the same value with a narrower type.
        fetch: (input, init) => fetchApi(texts(), input, init as RequestInit | undefined),
      }),
    ],
  })
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // The session has ended: ask for a token again.
      onError: error => {
        if (wantsSignIn(error)) void queryClient.invalidateQueries({ queryKey: sessionKey })
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        retry: (failures, error) => failures < retries && isWorthTrying(error),
        refetchOnWindowFocus: true,
        // A server on the same machine works without internet access.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return { queryClient, trpcClient }
}

/** Whether to retry: not after a refusal by the API, only without an answer. */
function isWorthTrying(error: unknown): boolean {
  return !(error instanceof TRPCClientError) || (error.data?.httpStatus ?? 503) >= 500
}

/** Whether the API requires a token. */
function wantsSignIn(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data?.code === 'UNAUTHORIZED'
}
