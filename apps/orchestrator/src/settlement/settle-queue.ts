import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { QuotaApi } from '../api/quota-api.js'
import type { Log } from '../log.js'
import { plainSettlement, SetAside } from './set-aside.js'
import { settleOnce } from './settle-once.js'
import type { Settlement } from './settlement.js'

/** A semaphore that starts work in order. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** Runs the work when a slot is free. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}

export interface SettleQueueOptions {
  readonly api: QuotaApi
  readonly log: Log
  /** Most attempts in flight plus pending settlements. */
  readonly capacity?: number
}

/** Capacity for one settlement, taken before its call. */
export interface Slot {
  /**
   * Settles the attempt. The settlement is computed and sent after the answer, and retried until the API accepts it.
   * Call this or {@link leave}, once.
   */
  settle(settlement: () => Settlement): void
  /** Calls `done` when the API has accepted the settlement, which may have released quota. */
  whenSettled(done: () => void): void
  /** Frees the slot without a settlement. */
  leave(): void
}

const defaultCapacity = 10_000
const maxSending = 64
const maxWaitForSlotMs = 5_000
const firstPauseMs = 50
const longestPauseMs = 5_000

/**
 * Sends settlements to the API in the background. Bounded: without a free slot, a call waits before it is sent, so that
 * no settlement is ever dropped. A settlement that the API cannot accept now is retried without a time limit and
 * without blocking others; one refused permanently is set aside.
 */
export class SettleQueue {
  /** Settlements refused permanently. */
  readonly setAside: SetAside
  readonly #options: Required<SettleQueueOptions>
  readonly #waiting: (() => void)[] = []
  readonly #unsettled = new Set<Settlement>()
  readonly #sending = new Slots(maxSending)
  readonly #stop = new AbortController()
  #taken = 0
  #onEmpty: (() => void) | null = null

  constructor(options: SettleQueueOptions) {
    this.#options = {
      capacity: defaultCapacity,
      ...options,
    }
    this.setAside = new SetAside(options.log)
    // As many listeners as settlements that wait for the API.
    setMaxListeners(0, this.#stop.signal)
  }

  /** Attempts in flight plus pending settlements. */
  get length(): number {
    return this.#taken
  }

  /** Takes a slot, in order. Null if the signal aborts first or none is free within 5 s. */
  async slot(signal: AbortSignal): Promise<Slot | null> {
    if (this.#taken < this.#options.capacity && this.#waiting.length === 0) this.#taken++
    else if (!(await this.#untilGiven(signal))) return null
    let isOpen = true
    let onSettled: () => void = ignore
    const close = (): void => {
      if (!isOpen) throw new Error('a slot was used twice')
      isOpen = false
    }
    return {
      settle: settlement => {
        close()
        void this.#enqueue(settlement, () => onSettled())
      },
      whenSettled: done => {
        onSettled = done
      },
      leave: () => {
        close()
        this.#free()
      },
    }
  }

  /**
   * Waits until everything is settled, at most `withinMs`.
   *
   * @returns the number of unsent settlements
   */
  async stop(withinMs: number): Promise<number> {
    if (this.#taken > 0) {
      const isEmpty = new Promise<void>(resolve => {
        this.#onEmpty = resolve
      })
      const patience = new AbortController()
      await Promise.race([isEmpty, wait(withinMs, undefined, { signal: patience.signal })])
      patience.abort()
    }
    this.#stop.abort()
    for (const settlement of this.#unsettled) {
      this.#options.log.error(
        { settlement: plainSettlement(settlement) },
        'a settlement could not be sent before the stop: submit it by hand, or its reservation expires and is charged in full',
      )
    }
    return this.#taken
  }

  async #untilGiven(left: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([left, AbortSignal.timeout(maxWaitForSlotMs)])
    if (signal.aborted) return false
    return await new Promise(resolve => {
      const give = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(true)
      }
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1)
        resolve(false)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(give)
    })
  }

  /** Passes the slot to the longest waiter. */
  #free(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken--
    else next()
    if (this.#taken === 0) this.#onEmpty?.()
  }

  async #enqueue(settlement: () => Settlement, onSettled: () => void): Promise<void> {
    // The client's answer is written in this turn.
    await nextTurn()
    const settled = this.#workedOut(settlement)
    if (settled !== null) {
      this.#unsettled.add(settled)
      if (!(await this.#handIn(settled))) return
      this.#unsettled.delete(settled)
    }
    this.#free()
    onSettled()
  }

  #workedOut(settlement: () => Settlement): Settlement | null {
    try {
      return settlement()
    } catch (error) {
      const text = 'computing a settlement failed: its reservation expires at the API'
      this.#options.log.error({ err: error }, text)
      return null
    }
  }

  /** Whether it is done; false only if the queue was stopped first. */
  async #handIn(settlement: Settlement): Promise<boolean> {
    const { signal } = this.#stop
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const settled = await this.#sending.take(() => settleOnce(this.#options.api, settlement))
      if (settled === 'taken') return true
      if (settled !== 'later') {
        this.setAside.add(settlement, settled.refusal)
        return true
      }
      await wait(pauseMs, undefined, { signal }).catch(() => undefined)
    }
    return false
  }
}

function ignore(): void {}
