import { boundData, type SealedFor, sealingInfo, sealingSuite } from './sealing-suite.js'

/** A public key that vendors' keys are sealed with. */
export interface PublicSealingKey {
  /** 16 hexadecimal digits of its SHA-256. */
  readonly id: string
  /** Base64url of its 65 bytes. */
  readonly publicKey: string
}

/**
 * Encrypts a vendor's key so that only gateways can read it, for one provider at one address.
 *
 * @returns base64url: encapsulated key, then ciphertext
 * @throws Error if the public key is not a point of P-256
 */
export async function sealKey(
  key: string,
  { publicKey }: Pick<PublicSealingKey, 'publicKey'>,
  place: SealedFor,
): Promise<string> {
  const recipientPublicKey = await sealingSuite.kem.deserializePublicKey(bytesOf(publicKey))
  const sender = await sealingSuite.createSenderContext({ recipientPublicKey, info: sealingInfo })
  const ciphertext = await sender.seal(new TextEncoder().encode(key), boundData(place))
  return Buffer.concat([Buffer.from(sender.enc), Buffer.from(ciphertext)]).toString('base64url')
}

/** A copy of its own memory, which WebCrypto needs. */
function bytesOf(base64url: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64url, 'base64url')).buffer
}
