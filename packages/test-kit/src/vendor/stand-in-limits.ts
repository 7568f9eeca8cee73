import type { PlainAnswer, VendorCall } from './reaction.js'
import { groqQuotaHeaders, groqRateLimited } from './vendor-refusals.js'

/** A number of requests after which the stand-in refuses, like Groq's requests a day. */
export interface StandInLimit {
  /** Absent: shared by all keys, like keys of one organisation. */
  readonly apiKey?: string
  /** Absent: shared by all models. */
  readonly model?: string
  readonly maxRequests: number
}

/** Enforces the limits. */
export interface StandInLimiter {
  /** Counts the call and returns its headers if every limit has room; otherwise returns the refusal. */
  admit(
    call: VendorCall,
  ): { readonly headers: Readonly<Record<string, string>> } | { readonly refusal: PlainAnswer }
}

/** Counts requests per limit without refill, so that a test's figures are stable. */
export function createStandInLimiter(limits: readonly StandInLimit[]): StandInLimiter {
  const counters = limits.map(limit => ({ limit, used: 0 }))
  return {
    admit: call => {
      const concerned = counters.filter(
        ({ limit }) =>
          (limit.apiKey === undefined || limit.apiKey === call.apiKey) &&
          (limit.model === undefined || limit.model === call.model),
      )
      const quota = { metric: 'requests', window: 'day' } as const
      const spent = concerned.find(({ limit, used }) => used >= limit.maxRequests)
      if (spent !== undefined) {
        const { limit, used } = spent
        const model = call.model ?? ''
        return { refusal: groqRateLimited({ ...quota, model, limit: limit.maxRequests, used, requested: 1 }) }
      }
      for (const counter of concerned) counter.used += 1
      const [first] = concerned
      return {
        headers:
          first === undefined
            ? {}
            : groqQuotaHeaders({ ...quota, limit: first.limit.maxRequests, used: first.used }),
      }
    },
  }
}
