import { enterKey as enterSealed, type KeyEntry } from '@quotakeeper/server-kit/sealing'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'
import type { Translate } from '../texts/translate.js'

export { plainAddress } from '@quotakeeper/server-kit/sealing'

/** What became of a key: the vendor's answer, and what is stored of it, if anything. */
export type EnteredKey = Outputs['keys']['enter']

/** Longest key of a vendor, in characters. */
const maxKeyLength = 4_096

/** Why a text cannot be a key; null if it can. */
export function keyProblem(t: Translate, text: string): string | null {
  const key = text.trim()
  if (key === '') return t('addKey.enterKey')
  if (key.length > maxKeyLength || !/^[\x21-\x7e]+$/.test(key))
    return t('addKey.keyForm', { max: String(maxKeyLength) })
  return null
}

/**
 * Seals a key in this browser, has a gateway check it, and stores it if the vendor accepts it.
 * @throws Error with a message for people
 */
export async function enterKey(
  t: Translate,
  client: Pick<TRPCClient<AppRouter>, 'keys'>,
  entry: KeyEntry,
): Promise<EnteredKey> {
  requireEncryption(t)
  return enterSealed(client, entry)
}

/** @throws Error with a message for people where this browser cannot encrypt */
export function requireEncryption(t: Translate): void {
  // Browsers have WebCrypto only in secure contexts.
  if (globalThis.crypto?.subtle === undefined) throw new Error(t('addKey.needsSecureContext'))
}
