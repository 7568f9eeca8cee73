import {
  dayStartSchema,
  instantSchema,
  metadataSchema,
  nameSchema,
  scopesSchema,
  sha256Schema,
  strategies,
  textSchema,
  thresholdsSchema,
  timeZoneSchema,
} from '@quotakeeper/quota-core'
import { presetLimits, presetNames } from '@quotakeeper/vendors'
import { z } from 'zod'
import { dollarsPattern, microUsdOf } from './dollars.js'
import { limitsConfigSchema } from './limit-schema.js'
import { baseUrlSchema, endpointsSchema, streamUsageSchema, variableSchema } from './place-schema.js'

const presetSchema = z.string().refine(name => presetLimits(name) !== undefined, {
  error: `must be a known preset: ${presetNames.join(', ')}`,
})

const subjectFields = {
  name: nameSchema,
  timeZone: timeZoneSchema.optional().describe("Time zone of days and months; default: the vendor's"),
  dayStartsAt: dayStartSchema.optional(),
  preset: presetSchema.optional().describe("The limits of a vendor's tier as of a date, such as groq/free"),
  limits: limitsConfigSchema
    .optional()
    .describe('A map (requests/day: 250) or a list. They replace a preset’s limits with the same id'),
  thresholdsPercent: thresholdsSchema.optional(),
}

/** Separate settings that are stored in the metadata. */
const ownSettings = ['baseUrl', 'apiKeyEnv', 'streamUsage', 'endpoints']

const providerConfigSchema = z.strictObject({
  ...subjectFields,
  vendor: textSchema,
  pool: nameSchema.optional().describe('The pool whose quota it shares'),
  baseUrl: baseUrlSchema
    .optional()
    .describe("Base URL, the part before /chat/completions; default: the vendor's"),
  apiKeyEnv: variableSchema
    .optional()
    .describe("Environment variable with the key; default: the vendor's usual ones"),
  streamUsage: streamUsageSchema
    .optional()
    .describe(
      'Whether to request usage in streams by stream_options; false for servers that reject the field',
    ),
  endpoints: endpointsSchema
    .optional()
    .describe('The endpoints that it has, such as audio/transcriptions; those of its vendor unless given'),
  models: z
    .array(textSchema)
    .min(1)
    .max(1_000)
    .optional()
    .describe('Globs of the models that it serves; default: all'),
  priority: z
    .number()
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .optional()
    .describe('Lower comes first with the strategy priority; default: 100'),
  onExpiry: z
    .enum(['charge', 'release'])
    .optional()
    .describe('What happens to a reservation that expires unsettled; default: charge'),
  metadata: metadataSchema
    .refine(metadata => !ownSettings.some(name => Object.hasOwn(metadata, name)), {
      error: `must not hold ${ownSettings.join(', ')}: they are separate settings, beside it`,
    })
    .optional(),
})

const poolConfigSchema = z.strictObject(subjectFields)

const routingSchema = z.strictObject({
  strategy: z.enum(strategies).optional(),
  maxWaitMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .describe('How long a request may wait for quota, if it resets within this time; default: 5000'),
  aliases: z
    .record(textSchema, z.array(textSchema).min(1).max(100))
    .optional()
    .describe('Names for lists of models, tried in order'),
})

const priceError = 'must be a price such as $0.30'
const priceSchema = z
  .string({ error: priceError })
  .regex(dollarsPattern, { error: priceError })
  .refine(text => microUsdOf(text) !== null, { error: priceError })

const pricesSchema = z
  .record(
    textSchema,
    z.strictObject({
      input: priceSchema.optional().describe('Per million input tokens'),
      output: priceSchema.optional().describe('Per million output tokens'),
      cachedInput: priceSchema.optional().describe('Per million cached input tokens; default: as input'),
      request: priceSchema.optional().describe('Per request'),
    }),
  )
  .describe('Prices of models, by globs of vendor/model; the most specific one applies')

const receiverSchema = z.union([
  z.strictObject({ slack: z.strictObject({ urlEnv: variableSchema }) }),
  z.strictObject({
    webhook: z.strictObject({ urlEnv: variableSchema, secretEnv: variableSchema.optional() }),
  }),
  z.strictObject({
    email: z.strictObject({ to: z.array(z.email()).min(1).max(100), smtpUrlEnv: variableSchema }),
  }),
])

const tokenConfigSchema = z.strictObject({
  name: nameSchema,
  sha256: sha256Schema.describe('SHA-256 of the secret in hexadecimal, with or without sha256: before it'),
  consumer: nameSchema.optional().describe('Whom it is for; default: everything within its scopes'),
  scopes: scopesSchema.describe('call, read, record, admin'),
  expiresAt: instantSchema.optional().describe('An instant such as 2027-01-01T00:00:00Z; default: never'),
})

/** The schema of the parsed configuration file. Unknown fields are refused. */
export const configSchema = z
  .strictObject({
    /** For editors that read the schema from the document. */
    $schema: z.string().optional(),
    providers: z.array(providerConfigSchema).max(10_000).optional(),
    pools: z.array(poolConfigSchema).max(10_000).optional(),
    tokens: z
      .array(tokenConfigSchema)
      .max(10_000)
      .optional()
      .describe('Tokens of callers; the file is read again when it changes, and a removed one ends'),
    routing: routingSchema.optional(),
    prices: pricesSchema.optional(),
    alerts: z.strictObject({ send: z.array(receiverSchema).max(100).optional() }).optional(),
  })
  .superRefine((config, ctx) => {
    const pools = new Set((config.pools ?? []).map(pool => pool.name))
    for (const [index, { name, pool }] of (config.providers ?? []).entries()) {
      if (pool === undefined || pools.has(pool)) continue
      const message = `provider "${name}" is in pool "${pool}", which is not among the pools`
      ctx.addIssue({ code: 'custom', path: ['providers', index, 'pool'], message })
    }
    refuseTwins('providers', config.providers ?? [], ctx)
    refuseTwins('pools', config.pools ?? [], ctx)
    refuseTwins('tokens', config.tokens ?? [], ctx)
    refuseSameSecret(config.tokens ?? [], ctx)
  })

/** A configuration without defaults applied. */
export type Config = z.output<typeof configSchema>
export type ProviderConfig = z.output<typeof providerConfigSchema>
export type PoolConfig = z.output<typeof poolConfigSchema>
type TokenConfig = z.output<typeof tokenConfigSchema>

function refuseTwins(
  list: 'providers' | 'pools' | 'tokens',
  rows: readonly { readonly name: string }[],
  ctx: z.RefinementCtx,
): void {
  const seen = new Set<string>()
  for (const [index, { name }] of rows.entries()) {
    if (seen.has(name)) {
      ctx.addIssue({ code: 'custom', path: [list, index, 'name'], message: `"${name}" is given twice` })
    }
    seen.add(name)
  }
}

function refuseSameSecret(tokens: readonly TokenConfig[], ctx: z.RefinementCtx): void {
  const names = new Map<string, string>()
  for (const [index, { name, sha256 }] of tokens.entries()) {
    const other = names.get(sha256)
    if (other !== undefined) {
      const message = `"${other}" has the same secret`
      ctx.addIssue({ code: 'custom', path: ['tokens', index, 'sha256'], message })
    }
    names.set(sha256, name)
  }
}
