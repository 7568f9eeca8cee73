import type { OfferedKeys } from '@quotakeeper/db'
import type { PublicSealingKey } from '@quotakeeper/server-kit'

/** The public key to seal with, or why keys cannot be entered, with the remedy. */
export type ChosenKey =
  | { readonly key: PublicSealingKey; readonly reason: null }
  | { readonly key: null; readonly reason: string }

const remedy =
  'set QUOTA_SEALING_KEY for every gateway to the same secret, from "openssl rand -hex 32", and restart them'

/**
 * The first key of the newest offer that every gateway can open: while gateways are restarted with another secret first,
 * what is entered is still readable by all.
 * @param offers of the last minute, the newest first
 */
export function choosePublicKey(offers: readonly OfferedKeys[]): ChosenKey {
  const [newest] = offers
  if (newest === undefined)
    return { key: null, reason: `keys cannot be entered: no gateway is running. Start one; ${remedy}` }
  const without = offers.filter(({ publicKeys }) => publicKeys.length === 0).map(({ gateway }) => gateway)
  if (without.length > 0)
    return { key: null, reason: `keys cannot be entered: ${without.join(', ')} cannot open them: ${remedy}` }
  const key = newest.publicKeys.find(({ publicKey }) =>
    offers.every(({ publicKeys }) => publicKeys.some(other => other.publicKey === publicKey)),
  )
  if (key !== undefined) return { key, reason: null }
  const names = offers.map(({ gateway }) => gateway).join(', ')
  return { key: null, reason: `keys cannot be entered: ${names} have no sealing key in common: ${remedy}` }
}
