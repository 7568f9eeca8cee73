import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { QuotaApi } from '../api/quota-api.js'
import type { Log } from '../log.js'
import { plainSettlement, SetAside } from './set-aside.js'
import { settleOnce } from './settle-once.js'
import type { Settlement } from './settlement.js'

/** Lets so many pieces of work run at once, in the order in which they came. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** What the work answers or throws, once there is a slot for it. */
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
  /** Attempts in flight and settlements on their way, together. */
  readonly capacity?: number
}

/** Room for one settlement, taken before the call that will need it. */
export interface Slot {
  /**
   * States how the attempt ended. Worked out and sent after whatever is being answered; sent again until
   * the API has taken it. Call this or {@link leave}, once.
   */
  settle(settlement: () => Settlement): void
  /** Has `done` called when the API has taken the settlement, by which quota may have come back. */
  whenSettled(done: () => void): void
  /** There is nothing to settle. */
  leave(): void
}

const defaultCapacity = 10_000
const maxSending = 64
const maxWaitForSlotMs = 5_000
const firstPauseMs = 50
const longestPauseMs = 5_000

/**
 * Takes settlements to the API in the background. It is bounded: who finds no place waits for one before a
 * call goes out, so that there is none whose settlement would have to be dropped. What the API does not take now is
 * handed in again until it does, however long that is, and hinders no other; what it never takes is set aside.
 */
export class SettleQueue {
  /** What the API has refused for good. */
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
    // As many wait for it as there are settlements that the API does not take now.
    setMaxListeners(0, this.#stop.signal)
  }

  /** Attempts in flight and settlements on their way. */
  get length(): number {
    return this.#taken
  }

  /** Takes a place, after those who came before. Null when the signal aborts first, or within 5 s none is free. */
  async slot(signal: AbortSignal): Promise<Slot | null> {
    if (this.#taken < this.#options.capacity && this.#waiting.length === 0) this.#taken++
    else if (!(await this.#untilGiven(signal))) return null
    let isOpen = true
    let onSettled: () => void = ignore
    const close = (): void => {
      if (!isOpen) throw new Error('a place was used twice')
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
   * Waits until everything is settled, for at most `withinMs`.
   *
   * @returns how many settlements were left
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
        'a settlement is left over: unless it is submitted by hand, its reservation expires at the API',
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

  /** Hands the place on to who has waited longest. */
  #free(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken--
    else next()
    if (this.#taken === 0) this.#onEmpty?.()
  }

  async #enqueue(settlement: () => Settlement, onSettled: () => void): Promise<void> {
    // The answer to the client is written in this turn.
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

  /** Whether it is done with; false only where the queue was stopped before. */
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
