import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'

/** Of HPKE, RFC 9180. P-256, since Node.js 20 warns of X25519 in WebCrypto. */
export const sealingSuite: CipherSuite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

/** Keeps these ciphertexts apart from any other use of the same key pair. */
export const sealingInfo: Uint8Array<ArrayBuffer> = new TextEncoder().encode('quotakeeper vendor key 1')

/** Length of the encapsulated key, which precedes the ciphertext: an uncompressed point of P-256. */
export const encapsulatedBytes = 65

/** What a sealed key is bound to: opened for anything else, it is not readable. */
export interface SealedFor {
  readonly providerName: string
  readonly vendor: string
  /** The provider's base URL without a final slash; null for its vendor's. */
  readonly baseUrl: string | null
}

/** The associated data, without two ways to read it. */
export function boundData({ providerName, vendor, baseUrl }: SealedFor): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([providerName, vendor, baseUrl]))
}
