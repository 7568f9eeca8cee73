import type { Limit } from '@quotakeeper/quota-core'
import type { Environment } from '@quotakeeper/server-kit'
import { presetNames, vendorFacts, vendorNames } from '@quotakeeper/vendors'
import { limitsOfPreset } from './limits-of-preset.js'
import { defaultSettings, type Setup } from './setup.js'

/** Vendors of the samples, with their number of keys and the characters a day of each key. */
const samples = [
  { vendor: 'groq', keyCount: 3, charactersPerDay: 14_400 },
  { vendor: 'huggingface', keyCount: 2, charactersPerDay: 30_000 },
] as const

type SampleProvider = Setup['providers'][number]

/**
 * The setup without a configuration: five sample providers with a total of 103,200 characters a day, and one for each
 * other vendor with a key in the environment, with the preset of its free tier.
 */
export function sampleSetup(environment: Environment): Setup {
  const known: readonly string[] = samples.map(({ vendor }) => vendor)
  return {
    pools: [],
    plans: [],
    consumers: [],
    providers: [
      ...samples.flatMap(({ vendor, keyCount, charactersPerDay }) =>
        Array.from({ length: keyCount }, (_, index) => sampleOf(vendor, index + 1, charactersPerDay)),
      ),
      ...vendorNames
        .filter(vendor => !known.includes(vendor) && hasKey(vendor, environment))
        .map(vendor => providerOf({ vendor, number: 1, limits: freeLimits(vendor) })),
    ],
  }
}

function sampleOf(vendor: string, number: number, charactersPerDay: number): SampleProvider {
  const limit: Limit = {
    id: 'characters/day',
    metric: 'characters',
    window: 'day',
    max: charactersPerDay,
    model: null,
    per: null,
    mode: 'enforce',
    countsCached: true,
  }
  return providerOf({ vendor, number, limits: [limit] })
}

function providerOf(sample: {
  readonly vendor: string
  readonly number: number
  readonly limits: readonly Limit[]
}): SampleProvider {
  const { vendor, number, limits } = sample
  const facts = vendorFacts(vendor)
  const [keyVariable] = facts?.apiKeyEnv ?? []
  return {
    ...defaultSettings,
    name: `${vendor}_${number}`,
    vendor,
    timeZone: facts?.timeZone ?? defaultSettings.timeZone,
    limits,
    // A vendor's second key is in GROQ_API_KEY_2.
    metadata: number === 1 || keyVariable === undefined ? {} : { apiKeyEnv: `${keyVariable}_${number}` },
  }
}

function hasKey(vendor: string, environment: Environment): boolean {
  return (vendorFacts(vendor)?.apiKeyEnv ?? []).some(name => (environment[name] ?? '') !== '')
}

function freeLimits(vendor: string): readonly Limit[] {
  const preset = `${vendor}/free`
  return presetNames.includes(preset) ? limitsOfPreset(preset) : []
}
