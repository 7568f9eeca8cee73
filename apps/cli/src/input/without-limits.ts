import { exitCodes, Failure } from '../failure.js'
import type { LimitInput } from './limit-setting.js'

/**
 * The limits without those of the ids.
 * @param owner whose limits they are, for the error
 * @throws Failure for an id that none of them has
 */
export function withoutLimits(
  limits: readonly LimitInput[],
  ids: readonly string[],
  owner: string,
): readonly LimitInput[] {
  const missing = ids.find(id => !limits.some(limit => limit.id === id))
  if (missing === undefined) return limits.filter(({ id }) => id === undefined || !ids.includes(id))
  throw noSuchLimit(limits, missing, owner)
}

/** The failure for an id that none of the owner's limits has. */
export function noSuchLimit(
  limits: readonly { readonly id?: string | undefined }[],
  missing: string,
  owner: string,
): Failure {
  const known = limits.map(({ id }) => id).join(', ') || 'none'
  return new Failure(`limit "${missing}": ${owner} has no such limit; it has ${known}`, exitCodes.failed)
}
