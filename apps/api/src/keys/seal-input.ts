import { nameSchema, textSchema } from '@quotakeeper/quota-core'
import { maxSealingPairs } from '@quotakeeper/server-kit'
import { z } from 'zod'

/** Input of `keys.enter`: a key that the caller has sealed, so that this server never has the key itself. */
export interface EnterInput {
  readonly providerName: string
  /** Base64url; sealed to the public key of `keys.entered` for the provider's vendor and base URL. */
  readonly ciphertext: string
  readonly keyPairId: string
  /** Whether to store it even if its vendor does not accept it. */
  readonly anyway: boolean
  /** `'absent'`: not if the provider has a key already. */
  readonly onlyIf?: 'absent' | undefined
}

export const enterSchema: z.ZodType<
  EnterInput,
  Omit<EnterInput, 'anyway'> & { anyway?: boolean | undefined }
> = z.strictObject({
  providerName: nameSchema,
  // The key, 65 bytes and a tag of 16.
  ciphertext: z.string().regex(/^[A-Za-z0-9_-]{110,5700}$/, {
    error:
      'must be a key that is sealed to the public key of the gateways, in base64url: enter it by "quotakeeper providers add" or the dashboard',
  }),
  keyPairId: z.string().regex(/^[0-9a-f]{16}$/),
  anyway: z.boolean().default(false),
  onlyIf: z.literal('absent').optional(),
})

/** Input of `keys.remove` and `keys.check`. */
export interface RemoveKeyInput {
  readonly providerName: string
}

export const removeKeySchema: z.ZodType<RemoveKeyInput, RemoveKeyInput> = z.strictObject({
  providerName: nameSchema,
})

/** Input of `keys.offer`: the public keys that a gateway can open with, the one to seal with first. */
export interface OfferInput {
  /** Name of the gateway, stable across restarts: `gateway-1:4100`. */
  readonly gateway: string
  readonly publicKeys: readonly { readonly id: string; readonly publicKey: string }[]
}

export const offerSchema: z.ZodType<OfferInput, OfferInput> = z.strictObject({
  gateway: textSchema,
  publicKeys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[0-9a-f]{16}$/),
        // 65 bytes in base64url.
        publicKey: z.string().regex(/^[A-Za-z0-9_-]{87}$/),
      }),
    )
    .max(maxSealingPairs),
})

/** Input of `keys.sealed`; optional. */
export interface SealedInput {
  /** That of the caller's copy; absent without one. */
  readonly revision?: string | undefined
}

export const sealedSchema: z.ZodType<SealedInput, SealedInput | undefined> = z
  .strictObject({ revision: z.string().max(100).optional() })
  .prefault({})
