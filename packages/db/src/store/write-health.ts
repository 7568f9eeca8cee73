import type { QuotaError } from '@quotakeeper/quota-core'

/** For how long a write that has failed stands for the next ones. */
const failureCountsForMs = 5_000

interface Failure {
  readonly error: QuotaError
  readonly atMs: number
}

/**
 * Whether the database takes writes. Reads do not show it: they go on while its disk is full or it is read-only. The
 * last write does; and where none comes any more, since a load balancer has gone by it, a trial does.
 */
export class WriteHealth {
  readonly #tryWrite: () => Promise<void>
  #failure: Failure | null = null
  #trial: Promise<void> | null = null

  /** @param tryWrite rejects with a QuotaError where the database takes no writes */
  constructor(tryWrite: () => Promise<void>) {
    this.#tryWrite = tryWrite
  }

  /** A batch has been written. */
  succeeded(): void {
    this.#failure = null
  }

  /** A batch was given up, through no fault of its own. */
  failed(error: QuotaError): void {
    this.#failure = { error, atMs: performance.now() }
  }

  /** Why writes fail; null where they don't. Never rejects. */
  async fault(): Promise<QuotaError | null> {
    const failure = this.#failure
    if (failure === null) return null
    if (performance.now() - failure.atMs < failureCountsForMs) return failure.error
    this.#trial ??= this.#try(failure).finally(() => {
      this.#trial = null
    })
    await this.#trial
    return this.#failure?.error ?? null
  }

  async #try(failure: Failure): Promise<void> {
    try {
      await this.#tryWrite()
      // Unless another one has come meanwhile.
      if (this.#failure === failure) this.#failure = null
    } catch {
      // As before. What it was is told already, and stays until a write lands.
    }
  }
}
