import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { ReadLane } from '@quotakeeper/db'

/** Reads that take this process's time rather than the database's: a few at once, calls in between. */
class YieldingLane {
  readonly #lane: ReadLane

  constructor(lane: ReadLane) {
    this.#lane = lane
  }

  /** @throws QuotaError READ_REFUSED where too many are waiting or it takes too long; what the read throws */
  run<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#lane.run(async () => {
      await turnOfLoop()
      return read()
    }, signal)
  }
}

/** What is read of everything there is. */
export interface ReadLanes {
  /** How all providers stand: pages, scripts and Prometheus. */
  readonly allStats: YieldingLane
  /** Whole ledgers of a provider. */
  readonly examinations: YieldingLane
}

/** The lanes of a process. */
export function readLanes(): ReadLanes {
  return {
    allStats: new YieldingLane(new ReadLane({ maxRunning: 1, maxWaiting: 100, maxWaitMs: 5_000 })),
    examinations: new YieldingLane(new ReadLane({ maxRunning: 1, maxWaiting: 5, maxWaitMs: 30_000 })),
  }
}
