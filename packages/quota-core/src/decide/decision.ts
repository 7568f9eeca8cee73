import type { Answer, ProviderStats } from '../domain/outcome.js'
import type { Change } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'

/** What a command does and says. Nothing has happened until a store has made the changes durable. */
export interface Decision {
  readonly changes: readonly Change[]
  /** The answer, told once the whole batch is decided. */
  readonly answer: (after: After) => Answer
  /** Of a denial: subjects whose due attempts, once expired, may leave room for it. */
  readonly awaits?: readonly SubjectRef[]
}

/** What answers may tell of the state after the batch. */
export interface After {
  /** Of a provider, the called model among its models; `''` for a call without one. */
  stats(providerName: string, model: string): ProviderStats
}

/** A decision that changes nothing. */
export function answerOnly(answer: Decision['answer']): Decision {
  return { changes: [], answer }
}
