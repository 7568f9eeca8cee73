import { ApiError } from '../api/api-error.js'
import type { CallSettings, QuotaApi } from '../api/quota-api.js'

/** Most consumers kept; the one that was asked about the longest ago is dropped first. */
const maxKept = 10_000
/** After this an answer is asked for again, while it is still used. */
const freshMs = 1_000
/** After this an answer is not used any more. */
const usableMs = 10_000

interface Kept {
  readonly settings: CallSettings | null
  /** By the monotonic clock. */
  readonly atMs: number
}

/**
 * How calls for consumers are made, as the API answers; null for names that are not registered. Only ways of calling:
 * whether a call may be made is decided by the API for each call.
 */
export class ConsumerSettings {
  readonly #api: Pick<QuotaApi, 'consumerForCalls'>
  readonly #kept = new Map<string, Kept>()
  readonly #asking = new Map<string, Promise<CallSettings | null>>()

  constructor(api: Pick<QuotaApi, 'consumerForCalls'>) {
    this.#api = api
  }

  /** @throws ApiError */
  async of(consumer: string): Promise<CallSettings | null> {
    if (consumer === '') return null
    const kept = this.#kept.get(consumer)
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : performance.now() - kept.atMs
    if (kept === undefined || ageMs >= usableMs) return this.#ask(consumer)
    if (ageMs >= freshMs) this.#ask(consumer).catch(ignoreApiError)
    return kept.settings
  }

  #ask(consumer: string): Promise<CallSettings | null> {
    const asking = this.#asking.get(consumer)
    if (asking !== undefined) return asking
    const answer = this.#askNow(consumer).finally(() => this.#asking.delete(consumer))
    this.#asking.set(consumer, answer)
    return answer
  }

  async #askNow(consumer: string): Promise<CallSettings | null> {
    const atMs = performance.now()
    const settings = await this.#api.consumerForCalls(consumer)
    this.#kept.delete(consumer)
    this.#kept.set(consumer, { settings, atMs })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest)
    return settings
  }
}

/** The kept answer is used until it is too old; then the caller gets the error. */
function ignoreApiError(error: unknown): void {
  if (!(error instanceof ApiError)) throw error
}
