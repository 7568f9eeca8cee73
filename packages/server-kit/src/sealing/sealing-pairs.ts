import { createHash } from 'node:crypto'
import type { PublicSealingKey } from './seal-key.js'
import { boundData, encapsulatedBytes, type SealedFor, sealingInfo, sealingSuite } from './sealing-suite.js'

/** Digits of the id of a key pair. */
const idDigits = 16
const secretPattern = /^[0-9a-f]{64}$/i

/** Most key pairs of a gateway. */
export const maxSealingPairs = 16

/** A key pair. Only gateways hold its private half. */
export interface SealingPair extends PublicSealingKey {
  /** Opens what was sealed for this place. @throws Error if it was sealed for another, or by another pair */
  open(sealed: string, place: SealedFor): Promise<string>
}

/** Whether each part of a text, separated by commas, is a secret of 64 hexadecimal digits. */
export function areSealingSecrets(text: string): boolean {
  const secrets = secretsOf(text)
  return secrets.length <= maxSealingPairs && secrets.every(secret => secretPattern.test(secret))
}

/**
 * The key pairs of secrets, separated by commas or lines; the first seals, all open. The same secret always makes the
 * same pair.
 */
export function sealingPairs(text: string): Promise<readonly SealingPair[]> {
  return Promise.all([...new Set(secretsOf(text))].map(pairOf))
}

function secretsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(secret => secret !== '')
}

async function pairOf(secret: string): Promise<SealingPair> {
  const seed = new Uint8Array(Buffer.from(secret, 'hex')).buffer
  const { privateKey, publicKey } = await sealingSuite.kem.deriveKeyPair(seed)
  const bytes = Buffer.from(await sealingSuite.kem.serializePublicKey(publicKey))
  return {
    id: createHash('sha256').update(bytes).digest('hex').slice(0, idDigits),
    publicKey: bytes.toString('base64url'),
    open: async (sealed, place) => {
      const whole = new Uint8Array(Buffer.from(sealed, 'base64url'))
      const opened = await sealingSuite.open(
        {
          recipientKey: privateKey,
          enc: whole.slice(0, encapsulatedBytes).buffer,
          info: sealingInfo,
        },
        whole.slice(encapsulatedBytes).buffer,
        boundData(place),
      )
      return new TextDecoder().decode(opened)
    },
  }
}
