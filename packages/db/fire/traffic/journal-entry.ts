import type { Counts } from '@quotakeeper/quota-core'

/** What a caller may do. */
export type Action = 'reserve' | 'acquire' | 'dispatch' | 'commit' | 'release' | 'extend' | 'record'

/** Written before a step is taken: from now on it may have happened. */
export interface Asked {
  readonly entry: 'asked'
  readonly caller: number
  readonly action: Action
  /** The attempt's id. */
  readonly id: string
  /** What is asked for, or stated; absent for a release or an extension. */
  readonly counts?: Counts
}

/** Written when a step was answered, before the next is taken: what it says is true for ever. */
export interface Answered {
  readonly entry: 'answered'
  readonly caller: number
  readonly action: Action
  readonly id: string
  /** `granted`, `denied`, `done`, or the code of a QuotaError. */
  readonly result: string
  /** Who granted it. */
  readonly providerName?: string
  /** What was granted. */
  readonly counts?: Counts
  /** ISO-8601. Until when, as far as the answer tells. */
  readonly expiresAt?: string
  /** How often the store was said to be unavailable before it answered. */
  readonly unavailable: number
  /** The longest that one call of the library took, whether or not it was answered well. */
  readonly longestCallMs: number
}

export type JournalEntry = Asked | Answered
