import type { Price } from '@quotakeeper/vendors/prices'
import type { AcquireAnswer } from '../../api/quota-api.js'
import type { AnswerForm } from '../../endpoints/endpoint-request.js'
import type { Slot } from '../../settlement/settle-queue.js'
import type { Conclusion } from '../../settlement/settlement.js'
import type { VendorResult } from '../../vendors/vendor-result.js'
import type { Rejection } from '../rejection.js'
import type { Candidate } from '../resolve-model.js'
import type { VendorAnswer } from '../routed-request.js'

/** A reservation that was granted, as the API answers it. */
export type Granted = Extract<AcquireAnswer, { decision: 'granted' }>

/** One call to a vendor, all it needs. */
export interface Attempt {
  readonly candidate: Candidate
  readonly granted: Granted
  readonly slot: Slot
  /** Null if none is known. */
  readonly price: Price | null
  /** Epoch milliseconds. */
  readonly deadlineMs: number
  /** For which it was reserved. */
  readonly ttlSeconds: number
  /** Whether there is room at another key, for which a vendor that says nothing is given up. Never rejects. */
  mayGiveUp(): Promise<boolean>
}

interface Sent {
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
  /** How its answer is read. */
  readonly form: AnswerForm
  /** What of the client's request was not sent. */
  readonly leftOut: readonly string[]
}

/** A vendor's answer, whole. */
export type Answered = Extract<VendorResult, { kind: 'answered' }> & Sent
/** A vendor's answer that has begun to arrive as a stream. */
export type Streaming = Extract<VendorResult, { kind: 'streaming' }> & Sent

/** What became of it: the client's answer, or why another key is to be tried. */
export type AttemptOutcome =
  | { readonly kind: 'answer'; readonly answer: VendorAnswer }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** It was carried out, but there is no memory for its answer: another key's would have none either. */
  | { readonly kind: 'noRoom' }
  | { readonly kind: 'gone' }

/** What became of an attempt, and how it is settled: a promise while its answer is still being streamed. */
export interface Concluded {
  readonly outcome: AttemptOutcome
  readonly conclusion: Conclusion | Promise<Conclusion>
  /** When the first content of a stream had come, epoch milliseconds; null or absent where none had, or it is no stream. */
  readonly firstContentAtMs?: number | null
}
