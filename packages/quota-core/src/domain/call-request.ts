import type { Counts } from './counts.js'
import type { Metadata } from './owner.js'

/** What a reservation asks for, wherever it is asked: the one shape of inputs, commands and services. */
export interface CallRequest {
  readonly counts: Counts
  /** The least that is of use; null insists on all of `counts`. */
  readonly atLeast: Counts | null
  /** The client's request that it belongs to; `''` for none. */
  readonly requestId: string
  /** Whom it is for; `''` for nobody in particular. */
  readonly consumer: string
  readonly ttlMs: number
}

/** What is said of a call that has happened. */
export interface RecordedCall {
  readonly providerName: string
  /** `''` for a call without a model. */
  readonly model: string
  readonly counts: Counts
  readonly requestId: string
  readonly consumer: string
  /** Null for now. */
  readonly occurredAtMs: number | null
  readonly metadata: Metadata
}
