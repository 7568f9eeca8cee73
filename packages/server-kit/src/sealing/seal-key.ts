import { fromBase64url, toBase64url } from './base64url.js'
import { boundData, type SealedFor, sealingInfo, sealingSuite } from './sealing-suite.js'

/** A public key that vendors' keys are sealed with. */
export interface PublicSealingKey {
  /** 16 hexadecimal digits of its SHA-256. */
  readonly id: string
  /** Base64url of its 65 bytes. */
  readonly publicKey: string
}

/**
 * Encrypts a vendor's key so that only gateways can read it, for one provider at one address. Runs in browsers too, where
 * it needs WebCrypto: HTTPS, or a page of this machine.
 *
 * @returns base64url: encapsulated key, then ciphertext
 * @throws Error if the public key is not a point of P-256
 */
export async function sealKey(
  key: string,
  { publicKey }: Pick<PublicSealingKey, 'publicKey'>,
  place: SealedFor,
): Promise<string> {
  const recipientPublicKey = await sealingSuite.kem.deserializePublicKey(fromBase64url(publicKey).buffer)
  const sender = await sealingSuite.createSenderContext({ recipientPublicKey, info: sealingInfo })
  const ciphertext = await sender.seal(new TextEncoder().encode(key), boundData(place))
  const encapsulated = new Uint8Array(sender.enc)
  const whole = new Uint8Array(encapsulated.length + ciphertext.byteLength)
  whole.set(encapsulated)
  whole.set(new Uint8Array(ciphertext), encapsulated.length)
  return toBase64url(whole)
}
