import { vendorFacts } from '../known-vendors.js'
import { presetLimits, presetNames } from '../presets/preset-limits.js'
import type { PastedKey } from './parse-pasted-keys.js'

/** A provider to be made for a pasted key. */
export interface PlannedProvider {
  readonly name: string
  readonly vendor: string
  /** Secret. */
  readonly key: string
  readonly label: string | null
  readonly baseUrl: string | null
  /** That of the vendor's free tier; null without one. */
  readonly preset: string | null
  /** The pool of the vendor's keys, unless they are of several accounts; null for a vendor with one key. */
  readonly pool: string | null
}

/** Whether a vendor's keys share one quota: one question for each vendor with several. */
export interface PoolQuestion {
  readonly vendor: string
  /** The vendor's display name. */
  readonly title: string
  readonly names: readonly string[]
  readonly pool: string
}

/** The providers to be made, and what to ask before. */
export interface ProviderPlan {
  readonly providers: readonly PlannedProvider[]
  readonly questions: readonly PoolQuestion[]
}

/**
 * Names the providers of pasted keys: `groq_1`, `groq_2`, … with the first numbers that are free.
 * @param taken names of existing providers
 */
export function planProviders(keys: readonly PastedKey[], taken: Iterable<string>): ProviderPlan {
  const names = new Set(taken)
  const counts = new Map<string, number>()
  for (const { vendor } of keys) counts.set(vendor, (counts.get(vendor) ?? 0) + 1)
  const providers = keys.map(({ vendor, key, label, baseUrl }): PlannedProvider => {
    let number = 1
    while (names.has(`${vendor}_${number}`)) number++
    const name = `${vendor}_${number}`
    names.add(name)
    const pool = (counts.get(vendor) ?? 0) > 1 ? `${vendor}-keys` : null
    return { name, vendor, key, label, baseUrl, preset: freePresetOf(vendor), pool }
  })
  const questions = [...counts].flatMap(([vendor, count]): readonly PoolQuestion[] => {
    if (count < 2) return []
    const own = providers.filter(provider => provider.vendor === vendor)
    const title = vendorFacts(vendor)?.title ?? vendor
    return [{ vendor, title, names: own.map(({ name }) => name), pool: `${vendor}-keys` }]
  })
  return { providers, questions }
}

/**
 * The preset of a vendor's free tier; null without one. One with a limit on cost at a vendor without known prices is left
 * out, since it would deny every call.
 */
export function freePresetOf(vendor: string): string | null {
  const name = presetNames.find(known => known === `${vendor}/free` || known === `${vendor}/trial`)
  if (name === undefined) return null
  const hasPrices = (vendorFacts(vendor)?.priceTable ?? null) !== null
  const limitsCost = presetLimits(name)?.limits.some(({ metric }) => metric === 'cost') === true
  return limitsCost && !hasPrices ? null : name
}
