import type { AppRouter } from '@quotakeeper/api'
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, type TRPCClient, TRPCClientError } from '@trpc/client'
import type { inferRouterOutputs } from '@trpc/server'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { fetchApi } from './fetch-api.js'

/** Where it is remembered what whoever looks at the page may do. */
export const sessionKey = ['session'] as const

const context = createTRPCContext<AppRouter>()

/** Gives the procedures to the components below, as options of queries and mutations. */
export const ApiProvider: typeof context.TRPCProvider = context.TRPCProvider
export const useApi: typeof context.useTRPC = context.useTRPC
/** The client itself, for what the options above do not fit. */
export const useApiClient: typeof context.useTRPCClient = context.useTRPCClient

export type Outputs = inferRouterOutputs<AppRouter>
export type ProviderStats = Outputs['stats']['all']['providers'][number]
export type LimitState = ProviderStats['limits'][number]
export type Total = Outputs['stats']['all']['totals'][number]
export type Provider = Outputs['providers']['get']

/** Most calls that share a request, as the API bounds them. */
const maxInBatch = 20
const retries = 2

/** The client of the API that serves this page, and what it remembers of answers. */
export function connect(): { queryClient: QueryClient; trpcClient: TRPCClient<AppRouter> } {
  const trpcClient = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: '/trpc',
        maxItems: maxInBatch,
        // What tRPC hands on is the same by a narrower name.
        fetch: (input, init) => fetchApi(input, init as RequestInit | undefined),
      }),
    ],
  })
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // A session has ended meanwhile: the page asks for a token again.
      onError: error => {
        if (wantsSignIn(error)) void queryClient.invalidateQueries({ queryKey: sessionKey })
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        retry: (failures, error) => failures < retries && isWorthTrying(error),
        refetchOnWindowFocus: true,
        // A server on the same machine is there without the internet.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
  return { queryClient, trpcClient }
}

/** What the API refuses, it refuses again; what it did not answer, it may answer in a moment. */
function isWorthTrying(error: unknown): boolean {
  return !(error instanceof TRPCClientError) || (error.data?.httpStatus ?? 503) >= 500
}

/** Whether the API wants to know first who is asking. */
function wantsSignIn(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data?.code === 'UNAUTHORIZED'
}
