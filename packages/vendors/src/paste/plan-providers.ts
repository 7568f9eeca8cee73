import { vendorFacts } from '../known-vendors.js'
import { presetLimits, presetNames } from '../presets/preset-limits.js'
import { type ExistingProvider, isSample } from './existing-provider.js'
import type { PastedKey } from './parse-pasted-keys.js'

/** A provider to be made for a pasted key. */
export interface PlannedProvider {
  /** Of the text, as of its key. */
  readonly line: number
  readonly name: string
  readonly vendor: string
  /** Secret. */
  readonly key: string
  readonly label: string | null
  readonly baseUrl: string | null
  /** That of the vendor's free tier; null without one. */
  readonly preset: string | null
  /** The pool of the vendor's keys, unless they are of several accounts; null for the only key of a vendor. */
  readonly pool: string | null
}

/** Whether a vendor's keys share one quota: one question for each vendor with several, existing ones included. */
export interface PoolQuestion {
  readonly vendor: string
  /** The vendor's display name. */
  readonly title: string
  /** Of existing providers of the vendor. */
  readonly existing: readonly string[]
  /** Of those to be made. */
  readonly names: readonly string[]
  readonly pool: string
}

/** The providers to be made, and what to ask before. */
export interface ProviderPlan {
  readonly providers: readonly PlannedProvider[]
  readonly questions: readonly PoolQuestion[]
}

/**
 * Names the providers of pasted keys: `groq_1`, `groq_2`, … with the first numbers that are free, and asks whether they
 * share a quota with those that are there.
 */
export function planProviders(
  keys: readonly PastedKey[],
  existing: readonly ExistingProvider[],
): ProviderPlan {
  const own = existing.filter(provider => !isSample(provider))
  const names = new Set(own.map(({ name }) => name))
  // A key for another address cannot replace a sample.
  const allNames = new Set(existing.map(({ name }) => name))
  const counts = new Map<string, number>()
  for (const { vendor } of keys) counts.set(vendor, (counts.get(vendor) ?? 0) + 1)
  const pools = new Map<string, string>()
  for (const [vendor, count] of counts) {
    const siblings = own.filter(provider => provider.vendor === vendor)
    if (count + siblings.length < 2) continue
    pools.set(vendor, siblings.find(({ pool }) => pool !== null)?.pool ?? `${vendor}-keys`)
  }
  const providers = keys.map(({ line, vendor, key, label, baseUrl }): PlannedProvider => {
    let number = 1
    const isTaken = (name: string): boolean => names.has(name) || (baseUrl !== null && allNames.has(name))
    while (isTaken(`${vendor}_${number}`)) number++
    const name = `${vendor}_${number}`
    names.add(name)
    const pool = pools.get(vendor) ?? null
    return { line, name, vendor, key, label, baseUrl, preset: freePresetOf(vendor), pool }
  })
  const questions = [...pools].map(([vendor, pool]): PoolQuestion => {
    const namesIn = (some: readonly { readonly name: string; readonly vendor: string }[]) =>
      some.filter(provider => provider.vendor === vendor).map(({ name }) => name)
    const title = vendorFacts(vendor)?.title ?? vendor
    return { vendor, title, existing: namesIn(own), names: namesIn(providers), pool }
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
