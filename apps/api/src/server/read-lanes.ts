import { setTimeout as pause, setImmediate as turnOfLoop } from 'node:timers/promises'
import { ReadLane, type ReadLaneBounds } from '@quotakeeper/db'

/** So long after a call, in milliseconds, more calls are to be expected. */
const callsFollowMs = 1_000
/** While calls come, a lane rests so many times as long as it has worked. */
const restsPerWork = 3
/** Longest rest, in milliseconds. */
const maxRestMs = 500

/** Reads of this process, in lanes that know whether calls are coming. */
export class ReadLanes {
  /** Whole ledgers of a provider. */
  readonly examinations: YieldingLane = this.#lane({ maxRunning: 1, maxWaiting: 5, maxWaitMs: 30_000 })
  /** Pages of exports, whose number is bounded where they begin. */
  readonly exportPages: YieldingLane = this.#lane({ maxRunning: 1, maxWaiting: 1_000, maxWaitMs: null })
  #lastCallMs = Number.NEGATIVE_INFINITY

  /** A call has come: reads give way. */
  noteCall(): void {
    this.#lastCallMs = performance.now()
  }

  #lane(bounds: ReadLaneBounds): YieldingLane {
    return new YieldingLane(new ReadLane(bounds), () => performance.now() - this.#lastCallMs < callsFollowMs)
  }
}

/**
 * Lets reads take this process's time one after the other, and rests in between while calls come. Twenty exports
 * made calls wait for a second; with one page after the other for five times as long as alone.
 */
export class YieldingLane {
  readonly #lane: ReadLane
  readonly #areCallsComing: () => boolean

  constructor(lane: ReadLane, areCallsComing: () => boolean) {
    this.#lane = lane
    this.#areCallsComing = areCallsComing
  }

  /**
   * What the read answers, told before the lane rests.
   * @throws QuotaError READ_REFUSED where too many are waiting or it takes too long; what the read throws
   */
  run<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = async (): Promise<void> => {
        await turnOfLoop()
        const startMs = performance.now()
        resolve(await read())
        const workedMs = performance.now() - startMs
        if (this.#areCallsComing()) await pause(Math.min(maxRestMs, workedMs * restsPerWork))
      }
      this.#lane.run(turn, signal).catch(reject)
    })
  }
}
