import type { Environment } from '@quotakeeper/server-kit'
import { type KeyOwner, keyVariables } from './key-variables.js'

/** A provider's key, or why it has none. `key` is null if none is needed. */
export type FoundKey =
  | { readonly found: true; readonly key: string | null }
  | { readonly found: false; readonly reason: string }

/** Finds the key of a provider. The reason names variables, never their values. */
export function findKey(owner: KeyOwner, environment: Environment): FoundKey {
  const variable = variableOfKey(owner, environment)
  if (variable === null) return { found: true, key: null }
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
