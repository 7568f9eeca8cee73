import type { StoredAlert } from '@quotakeeper/quota-core'

/** A message to a receiver. */
export interface AlertMessage {
  /** The same for every attempt, so that a receiver can recognise repetitions. */
  readonly id: string
  /** Text for people. */
  readonly text: string
  /** Null for a test and for a summary of held-back alerts. */
  readonly alert: StoredAlert | null
  /** Number of held-back alerts in a summary; 0 otherwise. */
  readonly heldBackCount: number
}

/** A channel to a receiver. */
export interface AlertChannel {
  /** Unique, and the same on every replica: the variable with its address, or the recipients. */
  readonly name: string
  /** The consumers whose alerts alone it gets; null for every alert. */
  readonly consumers: readonly string[] | null
  /** Most alerts a minute from one process. */
  readonly maxPerMinute: number
  /** @throws Error with a message for people, without secrets */
  send(message: AlertMessage): Promise<void>
  close(): void
}

/** Without an answer within this time, delivery has failed. */
export const sendTimeoutMs = 10_000
