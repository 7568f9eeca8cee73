import { createHash } from 'node:crypto'
import { ApiError } from '../api/api-error.js'
import type { QuotaApi, VerifiedToken } from '../api/quota-api.js'

/** Most answers kept; the least recently used is dropped first. */
const maxKept = 10_000
/** Most tokens that the API is asked about at once. */
const maxAsking = 1_000

interface Kept {
  readonly verified: VerifiedToken
  /** By the monotonic clock. */
  readonly untilMs: number
}

/**
 * What clients' tokens allow, as the API answers. Answers are kept until they may have changed, a second at most from
 * the API's own look: a token that was revoked is refused by every gateway within a second. Concurrent requests with the
 * same token ask once. Secrets are neither sent nor kept, only their SHA-256.
 */
export class ClientTokens {
  readonly #api: Pick<QuotaApi, 'verifyToken'>
  readonly #kept = new Map<string, Kept>()
  readonly #asking = new Map<string, Promise<VerifiedToken>>()
  #areUnused = false

  constructor(api: Pick<QuotaApi, 'verifyToken'>) {
    this.#api = api
  }

  /** Whether there were no tokens at all when the API last answered. */
  get areUnused(): boolean {
    return this.#areUnused
  }

  /**
   * What a token allows.
   * @param consumer the consumer that the client names; '' for none
   * @throws ApiError
   */
  async verify(secret: string, consumer: string): Promise<VerifiedToken> {
    const sha256 = createHash('sha256').update(secret).digest('hex')
    const key = `${sha256}\n${consumer}`
    const kept = this.#kept.get(key)
    if (kept !== undefined && performance.now() < kept.untilMs) {
      this.#keep(key, kept)
      return kept.verified
    }
    const asking = this.#asking.get(key)
    if (asking !== undefined) return asking
    if (this.#asking.size >= maxAsking) throw tooManyAsking()
    const answer = this.#ask(key, sha256, consumer).finally(() => this.#asking.delete(key))
    this.#asking.set(key, answer)
    return answer
  }

  async #ask(key: string, sha256: string, consumer: string): Promise<VerifiedToken> {
    const askedAtMs = performance.now()
    const verified = await this.#api.verifyToken({ sha256, ...(consumer === '' ? {} : { consumer }) })
    this.#areUnused = verified.state === 'unused'
    this.#keep(key, { verified, untilMs: askedAtMs + verified.validForMs })
    return verified
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    if (this.#kept.size <= maxKept) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }
}

function tooManyAsking(): ApiError {
  const message = `the API is being asked about ${maxAsking} tokens already`
  return new ApiError({ code: 'UNAVAILABLE', message, quotaCode: null, mayHaveArrived: false, cause: null })
}
