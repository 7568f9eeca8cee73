import { vendorFacts } from '@quotakeeper/vendors'

/** What determines the key variables of a provider. */
export interface KeyOwner {
  readonly name: string
  readonly vendor: string
  /** The configured variable, or the usual ones of its vendor. */
  readonly apiKeyEnv: readonly string[]
}

/**
 * The possible key variables of a provider, preferred first; empty if it needs none. A configured variable is the only
 * one. Otherwise the number at the end of its name selects among the vendor's: `groq` and `groq_1` use GROQ_API_KEY (or
 * GROQ_API_KEY_1), `groq_2` GROQ_API_KEY_2.
 */
export function keyVariables({ name, vendor, apiKeyEnv }: KeyOwner): readonly string[] {
  const usual = vendorFacts(vendor)?.apiKeyEnv ?? []
  const isNamed = apiKeyEnv.length !== usual.length || apiKeyEnv.some(variable => !usual.includes(variable))
  if (isNamed) return apiKeyEnv
  const number = Number(/(?<!\d)\d{1,3}$/.exec(name)?.[0] ?? '1')
  return number <= 1
    ? [...usual, ...usual.map(variable => `${variable}_1`)]
    : usual.map(variable => `${variable}_${number}`)
}
