import type { Counts } from './counts.js'
import type { Metadata } from './owner.js'
import type { SubjectRef } from './subject.js'
import { providerKind } from './subject-kinds.js'

/** `call`: reserved first; `record`: recorded after the call; `adjustment`: a correction with signed counts. */
export type AttemptKind = 'call' | 'record' | 'adjustment'

/** pending → committed | released | expired; a late commit leaves released and expired again. */
export const attemptStates = ['pending', 'committed', 'released', 'expired'] as const
export type AttemptState = (typeof attemptStates)[number]

/** How the call to the vendor ended. */
export type CallOutcome = 'succeeded' | 'refused' | 'failed' | 'aborted'

/** One row of the ledger (an attempt to call a vendor). */
export interface Attempt {
  /** UUID. */
  readonly id: string
  readonly kind: AttemptKind
  /** Id of the client's request; `''` for none. */
  readonly requestId: string
  /**
   * The subjects whose limits count it, resolved when it was made. It settles on these, even if their owners changed
   * since.
   */
  readonly subjects: readonly SubjectRef[]
  readonly providerName: string
  /** The provider's pool when the attempt was made; null for none. */
  readonly poolName: string | null
  /** `''` for a call without a model, and for one whose model the vendor did not know: see {@link calledModel}. */
  readonly model: string
  /** `''` for none. */
  readonly consumer: string
  /** The consumer's end user; `''` for none. */
  readonly endUser: string
  readonly state: AttemptState
  /** The held counts. */
  readonly reserved: Counts
  /** The charged counts; all 0 while pending or released. */
  readonly charged: Counts
  /** Whether the charge is an estimate. */
  readonly estimated: boolean
  /** Null until the call has ended. */
  readonly outcome: CallOutcome | null
  /** When it was reserved, or when a recorded call took place. Determines its windows. */
  readonly occurredAtMs: number
  /** The provider's day at that instant, computed then. */
  readonly date: string
  /** When it expires unless settled; null if it was never pending. */
  readonly expiresAtMs: number | null
  /** When it stopped being pending; null while pending. */
  readonly settledAtMs: number | null
  /** Hash of the payload that created it. */
  readonly requestHash: string
  /** Hash of the payload that committed it; null before. */
  readonly settleHash: string | null
  readonly metadata: Metadata
}

/** Whether the row counts for its provider; adjustments of other subjects do not. */
export function isOfProvider({
  subjects,
  providerName,
}: Pick<Attempt, 'subjects' | 'providerName'>): boolean {
  for (let at = 0; at < subjects.length; at++) {
    const ref = subjects[at]
    if (ref?.kind === providerKind && ref.name === providerName) return true
  }
  return false
}

const unknownModelField = 'unknownModel'

/** The attempt without its model, for one whose vendor does not know it; the name moves to `metadata`. */
export function withUnknownModel(attempt: Attempt): Attempt {
  if (attempt.model === '') return attempt
  const metadata = { ...attempt.metadata, [unknownModelField]: attempt.model }
  return { ...attempt, model: '', metadata }
}

/** The called model, whether or not the vendor knows it; `''` for none. */
export function calledModel({ model, kind, metadata }: Attempt): string {
  const unknown = kind === 'call' ? metadata[unknownModelField] : undefined
  return typeof unknown === 'string' ? unknown : model
}
