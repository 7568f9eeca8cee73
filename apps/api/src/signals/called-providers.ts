import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'

/** What of a provider tells how to read its vendor's answers. */
export interface CalledProvider {
  readonly vendor: string
  readonly pool: string | null
}

interface Remembered {
  readonly provider: CalledProvider | null
  readonly untilMs: number
}

/** A change of a provider's vendor or pool shows within this. */
const rememberedMs = 5_000
const maxRemembered = 10_000

/** Whose answers are read: asked of the store now and then, since every settlement needs to know. */
export class CalledProviders {
  readonly #service: QuotaService
  readonly #remembered = new Map<string, Remembered>()

  constructor(service: QuotaService) {
    this.#service = service
  }

  /** One that was found lately; null where it has to be looked for. Spares a settlement its place in the order. */
  known(name: string, nowMs: number): CalledProvider | null {
    const known = this.#remembered.get(name)
    return known !== undefined && nowMs < known.untilMs ? known.provider : null
  }

  /** Null for one that is not in use. @throws QuotaError STORE_UNAVAILABLE */
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
