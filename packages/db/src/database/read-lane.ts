import { QuotaError } from '@quotakeeper/quota-core'

/** How many reads may run, and how many wait for how long. */
export interface ReadLaneBounds {
  readonly maxRunning: number
  readonly maxWaiting: number
  /** Null: as long as it takes, for callers whose number is bounded elsewhere. */
  readonly maxWaitMs: number | null
}

interface WaitingRead {
  readonly start: () => void
}

/** Lets a bounded number of reads run at once, the others in the order in which they came. */
export class ReadLane {
  readonly #bounds: ReadLaneBounds
  readonly #waiting = new Set<WaitingRead>()
  #runningCount = 0

  constructor(bounds: ReadLaneBounds) {
    this.#bounds = bounds
  }

  /**
   * What the read answers or throws.
   * @throws QuotaError READ_REFUSED where too many are waiting, its turn has not come in time, or the signal
   *   has aborted before it.
   */
  async run<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw callerHasGone()
    if (this.#runningCount < this.#bounds.maxRunning) this.#runningCount++
    else await this.#turn(signal)
    try {
      return await read()
    } finally {
      this.#passOn()
    }
  }

  /** Hands the slot to the next: the count of running reads stays the same. */
  #passOn(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#runningCount--
    else next.start()
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { maxWaiting, maxWaitMs } = this.#bounds
    if (this.#waiting.size >= maxWaiting) throw tooManyReads()
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void): void => {
        this.#waiting.delete(waiting)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      const onAbort = (): void => leave(() => reject(callerHasGone()))
      const waiting: WaitingRead = { start: () => leave(resolve) }
      const timer =
        maxWaitMs === null ? undefined : setTimeout(() => leave(() => reject(tooManyReads())), maxWaitMs)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiting)
    })
  }
}

/** The error of a read whose caller has gone. */
export function callerHasGone(): QuotaError {
  return new QuotaError('READ_REFUSED', 'the caller has hung up')
}

function tooManyReads(): QuotaError {
  return new QuotaError(
    'READ_REFUSED',
    'too many reads are running: try again in a few seconds, and ask for fewer days, one provider or smaller pages',
  )
}
