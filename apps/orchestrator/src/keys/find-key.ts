import type { Environment } from '@quotakeeper/server-kit'
import type { EnteredKey } from './entered-keys.js'
import { type KeyOwner, keyVariables } from './key-variables.js'

/** A provider's key, or why it has none. `key` is null if none is needed. */
export type FoundKey =
  | { readonly found: true; readonly key: string | null }
  | { readonly found: false; readonly reason: string }

/** A provider, as far as it determines its key. */
export interface KeyedProvider extends KeyOwner {
  /** Null for the vendor's. */
  readonly baseUrl: string | null
  /** Whether the configuration file names where the key is. */
  readonly fileNamesKey: boolean
}

/**
 * The entered key that is used for a provider: it takes precedence over the usual variables of the vendor, but not over
 * what the configuration file names. Null if there is none.
 */
export function enteredKeyOf(
  { name, fileNamesKey }: KeyedProvider,
  entered: ReadonlyMap<string, EnteredKey>,
): EnteredKey | null {
  return fileNamesKey ? null : (entered.get(name) ?? null)
}

/** Checks that an entered key is for this provider as it is now. The reason contains no key. */
export function placedKey(entered: EnteredKey, { vendor, baseUrl }: KeyedProvider): FoundKey {
  if (entered.key === null) return { found: false, reason: entered.reason }
  if (entered.vendor === vendor && entered.baseUrl === baseUrl) return { found: true, key: entered.key }
  const reason =
    'its vendor or address has changed since its key was entered, which is bound to them: enter the key again'
  return { found: false, reason }
}

/** Finds the key of a provider in the environment. The reason names variables, never their values. */
export function findKey(owner: KeyOwner, environment: Environment): FoundKey {
  const variable = variableOfKey(owner, environment)
  if (variable === null) return { found: true, key: null }
  // A sealing secret or token sent to an address that the API chose would open more than one vendor's key.
  if (variable.startsWith('QUOTA_'))
    return {
      found: false,
      reason: `${variable} is a setting of Quotakeeper: name a variable of another name in apiKeyEnv`,
    }
  const key = (environment[variable] ?? '').trim()
  if (key === '') return { found: false, reason: `${variable} is not set` }
  return /^[\x21-\x7e]+$/.test(key)
    ? { found: true, key }
    : { found: false, reason: `${variable} contains characters that cannot be part of a key` }
}

/** The variable of a provider's key, set or not; null if none is needed. */
export function variableOfKey(owner: KeyOwner, environment: Environment): string | null {
  const variables = keyVariables(owner)
  const set = variables.find(name => (environment[name] ?? '').trim() !== '')
  return set ?? variables[0] ?? null
}
