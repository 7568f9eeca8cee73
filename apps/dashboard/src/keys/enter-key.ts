import { enterKey as enterSealed, type KeyEntry } from '@quotakeeper/server-kit/sealing'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'

export { plainAddress } from '@quotakeeper/server-kit/sealing'

/** What became of a key: the vendor's answer, and what is stored of it, if anything. */
export type EnteredKey = Outputs['keys']['enter']

/** Longest key of a vendor, in characters. */
const maxKeyLength = 4_096

/** Why a text cannot be a key; null if it can. */
export function keyProblem(text: string): string | null {
  const key = text.trim()
  if (key === '') return 'Enter the key.'
  if (key.length > maxKeyLength || !/^[\x21-\x7e]+$/.test(key))
    return `A key has up to ${maxKeyLength} letters, digits and signs, without spaces.`
  return null
}

/**
 * Seals a key in this browser, has a gateway check it, and stores it if the vendor accepts it.
 * @throws Error with a message for people
 */
export async function enterKey(
  client: Pick<TRPCClient<AppRouter>, 'keys'>,
  entry: KeyEntry,
): Promise<EnteredKey> {
  requireEncryption()
  return enterSealed(client, entry)
}

/** @throws Error with a message for people where this browser cannot encrypt */
export function requireEncryption(): void {
  // Browsers have WebCrypto only in secure contexts.
  if (globalThis.crypto?.subtle === undefined)
    throw new Error(
      'this browser encrypts only over HTTPS, or on the server’s own machine: open the page there, or use "quotakeeper providers add"',
    )
}
