import type { StoredAlert } from '@quotakeeper/quota-core'

/** What a receiver is sent. */
export interface AlertMessage {
  /** The same for every try, by which a receiver may tell a repetition. */
  readonly id: string
  /** As people read it. */
  readonly text: string
  /** Null for a test, and where it tells of alerts that were held back. */
  readonly alert: StoredAlert | null
  /** How many alerts were held back, where that is what it tells; 0 otherwise. */
  readonly heldBackCount: number
}

/** A way to a receiver. */
export interface AlertChannel {
  /** Unique, and the same on every replica: the variable that holds where it leads, or whom it reaches. */
  readonly name: string
  /** Most alerts that its receiver is sent by a process in a minute. */
  readonly maxPerMinute: number
  /** @throws Error whose message tells people what is wrong, without secrets */
  send(message: AlertMessage): Promise<void>
  close(): void
}

/** A receiver that says nothing for so long has not got it. */
export const sendTimeoutMs = 10_000
