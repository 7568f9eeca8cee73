import type { Counts } from './counts.js'
import type { Metadata } from './owner.js'
import type { SubjectRef } from './subject.js'
import { providerKind } from './subject-kinds.js'

/** `call` was reserved first, `record` is stated after the fact, `adjustment` corrects (signed counts). */
export type AttemptKind = 'call' | 'record' | 'adjustment'

/** pending → committed | released | expired; a late commit leaves released and expired again. */
export const attemptStates = ['pending', 'committed', 'released', 'expired'] as const
export type AttemptState = (typeof attemptStates)[number]

/** How the call to the vendor ended. */
export type CallOutcome = 'succeeded' | 'refused' | 'failed' | 'aborted'

/** One row of the ledger. */
export interface Attempt {
  /** UUID. */
  readonly id: string
  readonly kind: AttemptKind
  /** The client's request that it belongs to; `''` for none. */
  readonly requestId: string
  /** Whose limits it concerns, as found when it was made: it settles on them, whatever their owners are now. */
  readonly subjects: readonly SubjectRef[]
  readonly providerName: string
  /** The provider's pool when the attempt was made; null for none. */
  readonly poolName: string | null
  /** `''` for a call without a model, and for one whose vendor did not know it: see {@link calledModel}. */
  readonly model: string
  /** Who asked; `''` for nobody in particular. */
  readonly consumer: string
  readonly state: AttemptState
  /** What was held for it. */
  readonly reserved: Counts
  /** What it has been charged so far; all 0 while pending or released. */
  readonly charged: Counts
  /** Whether the charge is a guess. */
  readonly estimated: boolean
  /** Null until the call has ended. */
  readonly outcome: CallOutcome | null
  /** The instant that dates it: of the reservation, or at which a recorded call took place. */
  readonly occurredAtMs: number
  /** The provider's day at that instant, as it was told then. */
  readonly date: string
  /** When it expires unless it is settled; null for what was never pending. */
  readonly expiresAtMs: number | null
  /** When it left pending; null while it is. */
  readonly settledAtMs: number | null
  /** Hash of the payload that made it. */
  readonly requestHash: string
  /** Hash of the payload that committed it; null before. */
  readonly settleHash: string | null
  readonly metadata: Metadata
}

/** Whether the row counts for its provider: corrections of other subjects' usage do not. */
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

/** An attempt whose vendor does not know its model: one without, which metadata has the name of. */
export function withUnknownModel(attempt: Attempt): Attempt {
  if (attempt.model === '') return attempt
  const metadata = { ...attempt.metadata, [unknownModelField]: attempt.model }
  return { ...attempt, model: '', metadata }
}

/** The model that was called, whether its vendor knows it or not; `''` for none. */
export function calledModel({ model, kind, metadata }: Attempt): string {
  const unknown = kind === 'call' ? metadata[unknownModelField] : undefined
  return typeof unknown === 'string' ? unknown : model
}
