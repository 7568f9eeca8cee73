import { type Command, type Outcome, QuotaError } from '@quotakeeper/quota-core'
import { concernsAll } from './failures.js'

/** Bounds of a queue. */
export interface QueueBounds {
  readonly mostInBatch: number
  readonly mostQueued: number
}

interface Waiting {
  readonly command: Command
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** How long the commands of a batch that has failed are tried one by one. */
const longestSinglyMs = 5_000

/** Runs one batch: an outcome for each command, in order. */
export type RunBatch = (commands: readonly Command[]) => Promise<readonly Outcome[]>

/**
 * Lets commands that arrive while a batch is under way form the next one. No timer: a lone command
 * leaves at once, and the busier the store is, the more commands share a transaction.
 */
export class BatchQueue {
  readonly #run: RunBatch
  readonly #bounds: QueueBounds
  #waiting: Waiting[] = []
  #isRunning = false
  #idle: Promise<void> = Promise.resolve()

  constructor(run: RunBatch, bounds: QueueBounds) {
    this.#run = run
    this.#bounds = bounds
  }

  /**
   * @throws QuotaError STORE_UNAVAILABLE when the queue is full, or when the batch before found the store
   *   so; and what the batch throws.
   */
  execute(command: Command): Promise<Outcome> {
    if (this.#waiting.length >= this.#bounds.mostQueued) {
      const message = `${this.#bounds.mostQueued} commands are waiting for the database already; try again shortly`
      return Promise.reject(new QuotaError('STORE_UNAVAILABLE', message))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, resolve, reject })
      if (!this.#isRunning) this.#idle = this.#drain()
    })
  }

  /** Resolves when everything that was accepted has been answered. */
  async drained(): Promise<void> {
    await this.#idle
  }

  async #drain(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      await turnOfLoop()
      await this.#runNext()
    }
    this.#isRunning = false
  }

  async #runNext(): Promise<void> {
    const batch = this.#waiting.splice(0, nextBatchSize(this.#waiting, this.#bounds.mostInBatch))
    const error = await this.#runAnswering(batch)
    if (error === null) return
    if (concernsAll(error)) {
      // Who waits behind it would wait as long again, batch after batch: 4,000 callers of a database that
      // did not answer were told so after up to 13.5 s instead of 7.
      for (const waiting of [...batch, ...this.#waiting.splice(0)]) waiting.reject(error)
      return
    }
    if (batch.length === 1) {
      for (const waiting of batch) waiting.reject(error)
      return
    }
    // One of them cannot be carried out, and it is not known which: the others must not fail with it.
    await this.#runSingly(batch)
  }

  /** Each alone, for a while. Whoever has not had his turn by then, or would fail in the same way, is told so. */
  async #runSingly(batch: readonly Waiting[]): Promise<void> {
    const deadlineMs = performance.now() + longestSinglyMs
    let cause: Error | null = null
    for (const waiting of batch) {
      if (performance.now() > deadlineMs || concernsAll(cause)) {
        waiting.reject(
          new QuotaError('STORE_UNAVAILABLE', 'those before have failed; try again shortly', { cause }),
        )
        continue
      }
      const error = await this.#runAnswering([waiting])
      if (error === null) continue
      waiting.reject(error)
      cause = error
    }
  }

  /** Runs a batch and answers it; the error where it has failed as a whole. */
  async #runAnswering(batch: readonly Waiting[]): Promise<Error | null> {
    try {
      const outcomes = await this.#run(batch.map(waiting => waiting.command))
      for (const [index, waiting] of batch.entries()) answer(waiting, outcomes[index])
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/**
 * Lets everything run that is ready to: callers that were just answered ask again at once, and would
 * otherwise be split over two batches.
 */
function turnOfLoop(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

function answer(waiting: Waiting, outcome: Outcome | undefined): void {
  if (outcome === undefined) waiting.reject(new Error('a batch has answered fewer outcomes than commands'))
  else waiting.resolve(outcome)
}

/**
 * Commands that change settings go alone: what they read of the ledger must not change in mid-batch. So do steps of
 * expiry: others are not to wait for the locks of their subjects, nor for two trips instead of one.
 */
function nextBatchSize(waiting: readonly Waiting[], most: number): number {
  const alone = waiting.findIndex(({ command }) => goesAlone(command))
  if (alone === 0) return 1
  return Math.min(most, alone === -1 ? waiting.length : alone)
}

function goesAlone(command: Command): boolean {
  switch (command.type) {
    case 'upsertProvider':
    case 'upsertPool':
    case 'removeProvider':
    case 'removePool':
    case 'resetUsage':
    case 'rewind':
    case 'learnLimits':
    case 'expire':
      return true
    default:
      return false
  }
}
