import { vendorFacts } from '@quotakeeper/vendors'

/** What decides where a provider's key is looked for. */
export interface KeyOwner {
  readonly name: string
  readonly vendor: string
  /** The variable named for it, or those in which keys of its vendor are usually kept. */
  readonly apiKeyEnv: readonly string[]
}

/**
 * The variables that may hold a provider's key, the preferred one first; empty when it needs none.
 * A variable that was named for it holds alone. Otherwise the number at the end of its name chooses among
 * the vendor's: `groq` and `groq_1` use GROQ_API_KEY (or GROQ_API_KEY_1), `groq_2` GROQ_API_KEY_2.
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
