import { z } from 'zod'
import { instantSchema, nameSchema, newNameSchema } from '../input/text.js'
import { type Scope, scopes } from './scope.js'

/** Input of `tokens.create`. */
export interface TokenInput {
  readonly name: string
  /** Null or absent for a token that no consumer restricts. */
  readonly consumer?: string | null | undefined
  readonly scopes: readonly Scope[]
  /** ISO-8601; null or absent if it does not expire. */
  readonly expiresAt?: string | null | undefined
  /** SHA-256 of an existing secret, in hexadecimal; a secret is made unless given. */
  readonly sha256?: string | undefined
}

/** A parsed {@link TokenInput}. */
export interface TokenRequest {
  readonly name: string
  readonly consumer: string | null
  /** In the order of {@link scopes}, each once. */
  readonly scopes: readonly Scope[]
  readonly expiresAtMs: number | null
  /** 64 lower-case hexadecimal digits; null for a secret that is yet to be made. */
  readonly sha256: string | null
}

/** A SHA-256 in hexadecimal, with or without `sha256:` before it; in lower case without it. */
export const sha256Schema: z.ZodType<string, string> = z
  .string()
  .regex(/^(?:sha256:)?[0-9a-f]{64}$/i, {
    error: 'must be a SHA-256 in 64 hexadecimal digits, as printed by "printf %s SECRET | sha256sum"',
  })
  .transform(text => text.toLowerCase().replace('sha256:', ''))

/** One or more scopes. */
export const scopesSchema: z.ZodType<readonly Scope[], readonly Scope[]> = z
  .array(z.enum(scopes))
  .min(1)
  .max(scopes.length)
  .transform(given => scopes.filter(scope => given.includes(scope)))

export const tokenSchema: z.ZodType<TokenRequest, TokenInput> = z
  .strictObject({
    name: newNameSchema,
    consumer: nameSchema.nullish(),
    scopes: scopesSchema,
    expiresAt: instantSchema.nullish(),
    sha256: sha256Schema.optional(),
  })
  .transform(({ name, consumer, scopes: given, expiresAt, sha256 }) => ({
    name,
    consumer: consumer ?? null,
    scopes: given,
    expiresAtMs: expiresAt ?? null,
    sha256: sha256 ?? null,
  }))

/** Input of `tokens.revoke`. */
export interface RevokeTokenInput {
  readonly name: string
  /** ISO-8601; now unless given, and never earlier. */
  readonly at?: string | undefined
}

export interface RevokeTokenRequest {
  readonly name: string
  /** Null for now. */
  readonly atMs: number | null
}

export const revokeTokenSchema: z.ZodType<RevokeTokenRequest, RevokeTokenInput> = z
  .strictObject({ name: nameSchema, at: instantSchema.optional() })
  .transform(({ name, at }) => ({ name, atMs: at ?? null }))
