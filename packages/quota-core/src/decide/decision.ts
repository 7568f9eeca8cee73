import type { Answer, ProviderStats } from '../domain/outcome.js'
import type { Change } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'

/** The changes and the answer of a command. They take effect when a store has made the changes durable. */
export interface Decision {
  readonly changes: readonly Change[]
  /** Computes the answer once the whole batch is decided. */
  readonly answer: (after: After) => Answer
  /** Only for a denial: subjects with due attempts; expiring these may make room. */
  readonly awaits?: readonly SubjectRef[]
}

/** What answers may read of the state after the batch. */
export interface After {
  /** Stats of a provider that list the called model; `''` for a call without one. */
  stats(providerName: string, model: string): ProviderStats
}

/** A decision that changes nothing. */
export function answerOnly(answer: Decision['answer']): Decision {
  return { changes: [], answer }
}
