import { setTimeout as pause, setImmediate as turnOfLoop } from 'node:timers/promises'
import { ReadLane, type ReadLaneBounds } from '@quotakeeper/db'

/** Time after a call during which more calls are expected. */
const callsFollowMs = 1_000
/** While calls arrive, a lane pauses this multiple of its working time. */
const restsPerWork = 3
/** Longest pause. */
const maxRestMs = 500

/** Lanes for reads of this process, which give way to calls. */
export class ReadLanes {
  /** For examinations, which read a provider's whole ledger. */
  readonly examinations: YieldingLane = this.#lane({ maxRunning: 1, maxWaiting: 5, maxWaitMs: 30_000 })
  /** For pages of exports, whose number is bounded elsewhere. */
  readonly exportPages: YieldingLane = this.#lane({ maxRunning: 1, maxWaiting: 1_000, maxWaitMs: null })
  #lastCallMs = Number.NEGATIVE_INFINITY

  /** Records a call, so that reads give way. */
  noteCall(): void {
    this.#lastCallMs = performance.now()
  }

  #lane(bounds: ReadLaneBounds): YieldingLane {
    return new YieldingLane(new ReadLane(bounds), () => performance.now() - this.#lastCallMs < callsFollowMs)
  }
}

/**
 * Runs reads one after the other, and pauses in between while calls arrive. Without it, twenty exports delayed calls by
 * a second; with sequential pages but no pauses, calls took five times as long as alone.
 */
export class YieldingLane {
  readonly #lane: ReadLane
  readonly #areCallsComing: () => boolean

  constructor(lane: ReadLane, areCallsComing: () => boolean) {
    this.#lane = lane
    this.#areCallsComing = areCallsComing
  }

  /**
   * Runs the read and returns its result before the lane pauses.
   * @throws QuotaError READ_REFUSED if too many are waiting or it takes too long; rethrows errors of the read
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
