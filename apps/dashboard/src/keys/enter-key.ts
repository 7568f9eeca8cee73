import { sealKey } from '@quotakeeper/server-kit/sealing'
import type { TRPCClient } from '@trpc/client'
import type { AppRouter, Outputs } from '../data/api.js'
import type { Translate } from '../texts/translate.js'

/** What became of a key: the vendor's answer, and what is stored of it, if anything. */
export type EnteredKey = Outputs['keys']['enter']

type Client = Pick<TRPCClient<AppRouter>, 'keys'>

/** A key, and what it is for. */
export interface KeyEntry {
  readonly providerName: string
  /** Secret; leaves this browser sealed alone. */
  readonly key: string
  readonly vendor: string
  /** Null for the vendor's own. */
  readonly baseUrl: string | null
  /** Whether to store it even if the vendor does not accept it. */
  readonly anyway: boolean
}

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
 * Seals a key in this browser, has a gateway check it, and stores it if the vendor accepts it. The API only passes it on.
 * @throws Error with a message for people
 */
export async function enterKey(t: Translate, client: Client, entry: KeyEntry): Promise<EnteredKey> {
  const { providerName, vendor, key, anyway } = entry
  // Browsers have WebCrypto only in secure contexts.
  if (globalThis.crypto?.subtle === undefined) throw new Error(t('addKey.needsSecureContext'))
  const { keyPairId, publicKey, reason } = await client.keys.entered.query()
  if (keyPairId === null || publicKey === null) throw new Error(reason ?? t('addKey.cannotEnter'))
  const baseUrl = entry.baseUrl === null ? null : plainAddress(entry.baseUrl)
  const ciphertext = await sealKey(key.trim(), { publicKey }, { providerName, vendor, baseUrl })
  return client.keys.enter.mutate({ providerName, ciphertext, keyPairId, anyway })
}

/** As the API stores it: without a final slash. */
export function plainAddress(address: string): string {
  return address.trim().replace(/\/+$/, '')
}
