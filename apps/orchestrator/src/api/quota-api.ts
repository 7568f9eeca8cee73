import type { AppRouter } from '@quotakeeper/api'
import { createTRPCClient, httpLink, splitLink } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { Agent } from 'undici'
import { ApiError } from './api-error.js'
import { fetchThrough } from './fetch-through.js'
import { gatheringLink } from './gathering-link.js'
import { isBrokenConnection, toApiError } from './to-api-error.js'

type Inputs = inferRouterInputs<AppRouter>
type Outputs = inferRouterOutputs<AppRouter>

export type AcquireInput = Inputs['quota']['acquire'] & { readonly id: string }
export type AcquireAnswer = Outputs['quota']['acquire']
export type CommitInput = Inputs['quota']['commit']
export type ExtendInput = Inputs['quota']['extend']
export type ObserveInput = Inputs['signals']['observe']
export type KeyReport = Inputs['keys']['report']
export type TakenKeyReport = Outputs['keys']['report']
export type RequestTrace = Inputs['requests']['report']['traces'][number]
export type CallsReport = Inputs['performance']['report']
export type VerifyInput = Inputs['tokens']['verify']
export type VerifiedToken = Outputs['tokens']['verify']
export type CallSettings = NonNullable<Outputs['consumers']['forCalls']>
export type SealedKeysAnswer = Outputs['keys']['sealed']
export type SealedKey = NonNullable<SealedKeysAnswer['keys']>[number]
export type SealingOffer = Inputs['keys']['offer']
export type Routing = Outputs['routing']['get']
export type RoutedProvider = Routing['providers'][number]
export type Skipped = AcquireAnswer['skipped'][number]
export type Reason = Skipped['reasons'][number]

/** The orchestrator's client of the API. Every method has a timeout and throws {@link ApiError}. */
export interface QuotaApi {
  /** Idempotent by its id. */
  acquire(input: AcquireInput): Promise<AcquireAnswer>
  /** Idempotent by its reservationId. */
  commit(input: CommitInput): Promise<void>
  /** Extends a reservation. */
  extend(input: ExtendInput): Promise<void>
  /** Idempotent by its reservationId. */
  release(reservationId: string): Promise<void>
  /** Reports a vendor's answer to a call without a reservation. */
  observe(input: ObserveInput): Promise<void>
  routing(): Promise<Routing>
  /** Reports this gateway's keys, at most 2,000. */
  reportKeys(report: KeyReport): Promise<TakenKeyReport>
  /** The keys that were entered over the API, unless those of this revision are current; null for none. */
  sealedKeys(revision: string | null): Promise<SealedKeysAnswer>
  /** Offers this gateway's public keys to seal with. */
  offerSealingKeys(offer: SealingOffer): Promise<void>
  /** Reports request traces, at most 100. */
  report(traces: readonly RequestTrace[]): Promise<void>
  /** Reports sums of calls, at most 100. Idempotent by its reporter and number. */
  reportCalls(report: CallsReport): Promise<void>
  /** What a client's token allows. */
  verifyToken(input: VerifyInput): Promise<VerifiedToken>
  /** How calls for a consumer are made; null for a name that is not registered. */
  consumerForCalls(name: string): Promise<CallSettings | null>
  close(): Promise<void>
}

/** Longer than the 5 s within which the API's store answers or fails. */
const timeoutMs = 7_000
const connectTimeoutMs = 2_000
const connections = 128

const urgent: ReadonlySet<string> = new Set(['quota.acquire', 'tokens.verify'])

/** Creates a client of the API at `url`, over keep-alive connections. */
export function createQuotaApi({
  url,
  token,
}: {
  readonly url: string
  readonly token: string | null
}): QuotaApi {
  const agent = new Agent({ connections, connect: { timeout: connectTimeoutMs } })
  const link = {
    url: `${url}/trpc`,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    fetch: fetchThrough(agent, timeoutMs),
  }
  const client = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'mutation',
        // Settlements follow an answer and may wait; calls wait for their reservation and their token, which may not.
        true: gatheringLink({ ...link, mayWait: path => !urgent.has(path) }),
        false: httpLink(link),
      }),
    ],
  })
  return {
    acquire: input => ask(() => client.quota.acquire.mutate(input)),
    commit: async input => {
      await ask(() => client.quota.commit.mutate(input))
    },
    extend: async input => {
      await ask(() => client.quota.extend.mutate(input))
    },
    release: async reservationId => {
      await ask(() => client.quota.release.mutate({ reservationId }))
    },
    observe: async input => {
      await ask(() => client.signals.observe.mutate(input))
    },
    report: async traces => {
      await ask(() => client.requests.report.mutate({ traces }))
    },
    reportCalls: async report => {
      await ask(() => client.performance.report.mutate(report))
    },
    reportKeys: report => ask(() => client.keys.report.mutate(report)),
    sealedKeys: revision => ask(() => client.keys.sealed.query(revision === null ? {} : { revision })),
    offerSealingKeys: async offer => {
      await ask(() => client.keys.offer.mutate(offer))
    },
    verifyToken: input => ask(() => client.tokens.verify.mutate(input)),
    consumerForCalls: name => ask(() => client.consumers.forCalls.query({ name })),
    routing: () => ask(() => client.routing.get.query()),
    close: () => agent.destroy(),
  }
}

/** Retries once after a broken connection; commands are idempotent by id. */
async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    if (!isBrokenConnection(error)) throw toApiError(error)
  }
  try {
    return await question()
  } catch (error) {
    // Whatever the result of the retry, the first request may have been executed.
    const { code, message, quotaCode } = toApiError(error)
    throw new ApiError({ code, message, quotaCode, mayHaveArrived: true, cause: error })
  }
}
