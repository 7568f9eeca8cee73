import type { Log } from '../log.js'

const maxRemembered = 1_000

/**
 * Detects keys of one organization that are not in a common pool: failing over between them is useless, since they
 * share their quota. Logged once per organization and key.
 */
export class SharedOrganizations {
  readonly #log: Log
  /** The first provider seen with an organization of a vendor. */
  readonly #firstOf = new Map<string, string>()
  readonly #said = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  notice(seen: {
    readonly vendor: string
    readonly organization: string
    readonly providerName: string
    readonly pool: string | null
  }): void {
    const { vendor, organization, providerName, pool } = seen
    const key = `${vendor}\n${organization}`
    const first = this.#firstOf.get(key)
    if (first === undefined) {
      if (this.#firstOf.size < maxRemembered) this.#firstOf.set(key, providerName)
      return
    }
    if (first === providerName || pool !== null || this.#said.has(`${key}\n${providerName}`)) return
    if (this.#said.size < maxRemembered) this.#said.add(`${key}\n${providerName}`)
    const text = `${first} and ${providerName} belong to the same organization at ${vendor} and share its quota: put them into one pool`
    this.#log.warn({ providers: [first, providerName], organization }, text)
  }
}
