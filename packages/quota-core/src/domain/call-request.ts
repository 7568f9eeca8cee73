import type { Counts } from './counts.js'
import type { Metadata } from './owner.js'

/**
 * How far the cost of a request is known. `stated`: the cost is right, and 0 is free. `unstated`: the request names no
 * cost, which counts as 0, but a spent limit on cost denies it. `unknown`: it may cost anything, so that every enforced
 * limit on cost denies it.
 */
export type CostBasis = 'stated' | 'unstated' | 'unknown'

/** The fields of a reservation that inputs, commands and services share. */
export interface CallRequest {
  readonly counts: Counts
  /** The smallest acceptable counts; null requires all of `counts`. */
  readonly atLeast: Counts | null
  /** `stated` unless given. */
  readonly costBasis?: CostBasis
  /** Id of the client's request; `''` for none. */
  readonly requestId: string
  /** The consumer of the call; `''` for none. */
  readonly consumer: string
  /** The consumer's end user; `''` or absent for none. */
  readonly endUser?: string
  readonly ttlMs: number
}

/** A call that has already happened. */
export interface RecordedCall {
  readonly providerName: string
  /** `''` for a call without a model. */
  readonly model: string
  readonly counts: Counts
  readonly requestId: string
  readonly consumer: string
  /** The consumer's end user; `''` or absent for none. */
  readonly endUser?: string
  /** Null for now. */
  readonly occurredAtMs: number | null
  readonly metadata: Metadata
}
