import type { Counts } from './counts.js'
import type { Metadata } from './owner.js'

/** The fields of a reservation that inputs, commands and services share. */
export interface CallRequest {
  readonly counts: Counts
  /** The smallest acceptable counts; null requires all of `counts`. */
  readonly atLeast: Counts | null
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
