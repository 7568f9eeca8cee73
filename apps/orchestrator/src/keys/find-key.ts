import type { Environment } from '../env.js'
import { type KeyOwner, keyVariables } from './key-variables.js'

/** A provider's key, or why it has none. `key` is null where none is needed, and then `variable` is. */
export type FoundKey =
  | { readonly found: true; readonly key: string | null; readonly variable: string | null }
  /** `variable` is what is to be set. */
  | { readonly found: false; readonly reason: string; readonly variable: string }

/** Looks for the key of a provider. The reason names variables, never what is in them. */
export function findKey(owner: KeyOwner, environment: Environment): FoundKey {
  const variables = keyVariables(owner)
  const [preferred] = variables
  if (preferred === undefined) return { found: true, key: null, variable: null }
  const variable = variables.find(name => (environment[name] ?? '').trim() !== '')
  if (variable === undefined) return { found: false, reason: `${preferred} is not set`, variable: preferred }
  const key = (environment[variable] ?? '').trim()
  return /^[\x21-\x7e]+$/.test(key)
    ? { found: true, key, variable }
    : { found: false, reason: `${variable} holds characters that no key has`, variable }
}
