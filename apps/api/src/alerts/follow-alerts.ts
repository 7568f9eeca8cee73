import type { AlertFeed } from '@quotakeeper/db'
import type { AlertSeverity, StoredAlert, SubjectRef } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'
import { AlertPosition } from './alert-position.js'

/** Most subscribers of this process; each polls the database once a second. */
const maxFollowers = 100
/** Most subscribers per address; a proxy in front counts as one address. */
const maxOfAddress = 30
const defaultEveryMs = 1_000

const aheadText =
  'a subscriber to alerts resumes after an alert that this database has not had: it gets new alerts only'

/** Filters of the alerts to follow. */
export interface AlertFilter {
  readonly severity: AlertSeverity | null
  readonly subject: SubjectRef | null
}

/** An alert and the subscriber's position after it. */
export interface FollowedAlert {
  /** Resumes after a disconnect. */
  readonly position: string
  readonly alert: StoredAlert
}

export interface AlertFollowersOptions {
  readonly feed: Pick<AlertFeed, 'after' | 'lastId' | 'settledId'>
  readonly log: Log
  /** Polling interval for alerts of other replicas; 1,000 unless given. */
  readonly everyMs?: number
}

/**
 * Streams alerts as they are raised: those of this process at once, those of other replicas within a second. Each is
 * sent exactly once, whatever the order in which transactions commit. Polls, since NOTIFY would serialise the commits
 * of all writers, and a listener would hold a connection.
 */
export class AlertFollowers {
  readonly #options: AlertFollowersOptions
  readonly #sleeping = new Set<() => void>()
  /** Number of subscribers by address. */
  readonly #followers = new Map<string, number>()
  #isStopped = false

  constructor(options: AlertFollowersOptions) {
    this.#options = options
  }

  /** Whether another subscriber is allowed, in total and for this address. */
  mayFollow(address: string): boolean {
    const all = [...this.#followers.values()].reduce((sum, count) => sum + count, 0)
    return all < maxFollowers && (this.#followers.get(address) ?? 0) < maxOfAddress
  }

  /** Looks now: an alert has been raised here. */
  wake(): void {
    for (const wake of this.#sleeping) wake()
  }

  /** Ends all subscriptions. */
  stop(): void {
    this.#isStopped = true
    this.wake()
  }

  /** Yields alerts until the signal aborts or {@link stop}. Waits while the store is unavailable. */
  async *follow(
    from: AlertPosition | null,
    { address, ...filter }: AlertFilter & { readonly address: string },
    signal: AbortSignal,
  ): AsyncGenerator<FollowedAlert, void, void> {
    this.#count(address, 1)
    try {
      let position = from
      let isOurs = from === null
      while (!this.#isStopped && !signal.aborted) {
        try {
          if (position !== null && !isOurs && !(await this.#mayBeOurs(position))) position = null
          isOurs = true
          position ??= await this.#present()
          for (const { alert, isSettled } of await this.#options.feed.after(position.through)) {
            const isNew = !position.has(Number(alert.id))
            position.notify(Number(alert.id), isSettled)
            if (isNew && matches(alert, filter)) yield { position: String(position), alert }
          }
        } catch (error) {
          this.#options.log.warn({ err: error }, 'reading alerts for subscribers failed; trying again')
        }
        await this.#sleep(signal)
      }
    } finally {
      this.#count(address, -1)
    }
  }

  #count(address: string, change: 1 | -1): void {
    const count = (this.#followers.get(address) ?? 0) + change
    if (count === 0) this.#followers.delete(address)
    else this.#followers.set(address, count)
  }

  /**
   * Whether this database can have given the position. Not after it was restored from a backup or replaced by another:
   * the subscriber would otherwise miss every alert until the ids have caught up.
   */
  async #mayBeOurs(position: AlertPosition): Promise<boolean> {
    const lastId = await this.#options.feed.lastId()
    if (position.newest <= lastId) return true
    this.#options.log.warn({ position: position.newest, lastId }, aheadText)
    return false
  }

  /** The position after all existing alerts. */
  async #present(): Promise<AlertPosition> {
    const { feed } = this.#options
    const position = new AlertPosition(await feed.settledId())
    for (const { alert, isSettled } of await feed.after(position.through))
      position.notify(Number(alert.id), isSettled)
    return position
  }

  #sleep(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#sleeping.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, this.#options.everyMs ?? defaultEveryMs)
      signal.addEventListener('abort', wake, { once: true })
      this.#sleeping.add(wake)
      if (signal.aborted || this.#isStopped) wake()
    })
  }
}

function matches(alert: StoredAlert, { severity, subject }: AlertFilter): boolean {
  if (severity !== null && alert.severity !== severity) return false
  return subject === null || (alert.subject.kind === subject.kind && alert.subject.name === subject.name)
}
