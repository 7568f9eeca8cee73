import type { QuotaError } from '@quotakeeper/quota-core'

/** For how long a failed write is taken to mean that the next ones would fail. */
const failureCountsForMs = 5_000

interface Failure {
  readonly error: QuotaError
  readonly atMs: number
}

/**
 * Whether the database takes writes. Reads do not show it: they succeed while its disk is full or it is read-only. The
 * last write does; and where none comes any more, since a load balancer sends none, a trial write does.
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

  /** A batch has failed through no fault of its own. */
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
      // Unless another write has failed meanwhile.
      if (this.#failure === failure) this.#failure = null
    } catch {
      // As before: the fault is reported already, and stays until a write succeeds.
    }
  }
}
