import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'

/** The provider settings needed to read its vendor's answers. */
export interface CalledProvider {
  readonly vendor: string
  readonly pool: string | null
}

interface Remembered {
  readonly provider: CalledProvider | null
  readonly untilMs: number
}

/** Cache time: changes of a provider's vendor or pool take effect within it. */
const rememberedMs = 5_000
const maxRemembered = 10_000

/** Cached providers, needed by every settlement. */
export class CalledProviders {
  readonly #service: QuotaService
  readonly #remembered = new Map<string, Remembered>()

  constructor(service: QuotaService) {
    this.#service = service
  }

  /** The cached provider; null if it must be read. Synchronous, so that settlements keep their order. */
  known(name: string, nowMs: number): CalledProvider | null {
    const known = this.#remembered.get(name)
    return known !== undefined && nowMs < known.untilMs ? known.provider : null
  }

  /** Null if not in use. @throws QuotaError STORE_UNAVAILABLE */
  async find(name: string, nowMs: number): Promise<CalledProvider | null> {
    const known = this.#remembered.get(name)
    if (known !== undefined && nowMs < known.untilMs) return known.provider
    const provider = await this.#read(name)
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear()
    this.#remembered.set(name, { provider, untilMs: nowMs + rememberedMs })
    return provider
  }

  async #read(name: string): Promise<CalledProvider | null> {
    try {
      const { vendor, pool } = await this.#service.provider(name)
      return { vendor, pool }
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'UNKNOWN_PROVIDER') return null
      throw error
    }
  }
}
