import {
  dayStartSchema,
  instantSchema,
  maxConsumerLevels,
  metadataSchema,
  monthStartSchema,
  nameSchema,
  newNameSchema,
  scopesSchema,
  sha256Schema,
  textSchema,
  thresholdsSchema,
  timeZoneSchema,
} from '@quotakeeper/quota-core'
import { vendorFacts, vendorNames } from '@quotakeeper/vendors'
import { z } from 'zod'
import { maxWaitSchema, modelsOfAliasSchema, strategySchema } from '../routing/routing-input.js'
import { levelIn } from './consumer-levels.js'
import { dollarsPattern, microUsdOf } from './dollars.js'
import { limitsConfigSchema } from './limit-schema.js'
import {
  baseUrlSchema,
  endpointsSchema,
  keyFileSchema,
  presetSchema,
  streamUsageSchema,
  variableSchema,
} from './place-schema.js'

const limitsOfKeySchema = limitsConfigSchema.superRefine((limits, ctx) => {
  for (const [index, { per }] of limits.entries())
    if (per === 'user') {
      const message = 'must be model: only limits of consumers and plans count end users apart'
      ctx.addIssue({ code: 'custom', path: [index, 'per'], message })
    }
})

const dayStart = dayStartSchema
  .optional()
  .describe('Local time at which days begin, from which weeks and months follow; default: 00:00')
const monthStart = monthStartSchema
  .optional()
  .describe('Day on which months begin, 1 to 31, the last day in shorter months; default: 1')
const thresholds = thresholdsSchema
  .optional()
  .describe(
    'Shares of each limit in percent at which an alert is raised, once in each window; default: 80, 90, 100',
  )
const metadata = metadataSchema.optional().describe('Fields of your own, kept and returned; default: none')

/** Settings of providers and pools, whose time zones have different defaults. */
const subjectFields = {
  name: newNameSchema.describe('Its name, in the API, on the page and in traces'),
  dayStartsAt: dayStart,
  monthStartsOn: monthStart,
  preset: presetSchema.optional().describe("The limits of a vendor's tier as of a date; default: none"),
  limits: limitsOfKeySchema
    .optional()
    .describe('A map or a list, see limits. They replace a preset’s limits with the same id; default: none'),
  thresholdsPercent: thresholds,
}

/** Separate settings that are stored in the metadata. */
const ownSettings = ['baseUrl', 'apiKeyEnv', 'apiKeyFile', 'streamUsage', 'endpoints']

const providerFieldsSchema = z.strictObject({
  ...subjectFields,
  timeZone: timeZoneSchema
    .optional()
    .describe("Time zone of days and months; default: the preset's, else the vendor's, else UTC"),
  vendor: textSchema.describe('Whose API it is: a known vendor, or custom with a baseUrl'),
  pool: nameSchema.optional().describe('The pool whose quota it shares; default: none'),
  baseUrl: baseUrlSchema
    .optional()
    .describe("Base URL, the part before /chat/completions; default: the vendor's"),
  apiKeyEnv: variableSchema
    .optional()
    .describe("Environment variable with the key; default: the vendor's usual ones"),
  apiKeyFile: keyFileSchema
    .optional()
    .describe(
      'File of each gateway with the key alone, such as a mounted secret, instead of a variable; default: none',
    ),
  streamUsage: streamUsageSchema
    .optional()
    .describe(
      'Whether to request usage in streams by stream_options; false for servers that reject the field; default: as its vendor accepts',
    ),
  endpoints: endpointsSchema.optional().describe("The endpoints that it has; default: its vendor's"),
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
    .describe('Lower comes first with the strategy priority, from -1000000 to 1000000; default: 100'),
  consumers: z
    .array(textSchema)
    .min(1)
    .max(1_000)
    .optional()
    .describe('Consumers that alone may use it, with their descendants; default: every call'),
  onExpiry: z
    .enum(['charge', 'release'])
    .optional()
    .describe('What happens to a reservation that expires unsettled, charge or release; default: charge'),
  metadata: metadataSchema
    .refine(metadata => !ownSettings.some(name => Object.hasOwn(metadata, name)), {
      error: `must not hold ${ownSettings.join(', ')}: they are separate settings, beside it`,
    })
    .optional()
    .describe('Fields of your own, kept and returned; default: none'),
})

/** A vendor that is not known needs an address, and a key has one place. */
const providerConfigSchema = providerFieldsSchema.superRefine((provider, ctx) => {
  const { name, vendor, baseUrl, apiKeyEnv, apiKeyFile } = provider
  if (apiKeyEnv !== undefined && apiKeyFile !== undefined) {
    const message = `provider "${name}" has apiKeyEnv, too: remove one of them`
    ctx.addIssue({ code: 'custom', path: ['apiKeyFile'], message })
  }
  if (baseUrl !== undefined) return
  const isKnown = vendorFacts(vendor) !== undefined
  if (isKnown && vendor !== 'custom') return
  const known = vendorNames.filter(other => other !== 'custom').join(', ')
  const message = isKnown
    ? `provider "${name}" is of the vendor custom, and so needs a baseUrl such as http://127.0.0.1:8080/v1`
    : `unknown vendor "${vendor}": known are ${known}; one of your own needs a baseUrl such as http://127.0.0.1:8080/v1`
  ctx.addIssue({ code: 'custom', path: ['vendor'], message })
})

const poolConfigSchema = z.strictObject({
  ...subjectFields,
  timeZone: timeZoneSchema
    .optional()
    .describe(
      "Time zone of days and months; default: the preset's, else that of its providers if they agree, else UTC",
    ),
})

const receiverSchema = z.union([
  z.strictObject({
    slack: z.strictObject({
      urlEnv: variableSchema.describe('Variable with the address of a webhook that accepts { "text": … }'),
    }),
  }),
  z.strictObject({
    webhook: z.strictObject({
      urlEnv: variableSchema.describe('Variable with the address that alerts are posted to'),
      secretEnv: variableSchema
        .optional()
        .describe('Variable with the secret that signs them (Standard Webhooks); default: unsigned'),
    }),
  }),
  z.strictObject({
    email: z.strictObject({
      to: z.array(z.email()).min(1).max(100).describe('Addresses of the recipients'),
      smtpUrlEnv: variableSchema.describe(
        'Variable with the server, such as smtps://user:password@host?from=quota@example.com',
      ),
    }),
  }),
])

const consumerConfigSchema = z.strictObject({
  name: newNameSchema.describe(
    'The name that callers send in x-quotakeeper-consumer, or that their token has',
  ),
  parent: nameSchema
    .optional()
    .describe('The consumer whose limits also apply to its calls, at most 4 levels; default: none'),
  plan: nameSchema
    .optional()
    .describe('The plan whose limits it takes over; its own limits win; default: none'),
  limits: limitsConfigSchema.optional().describe('A map or a list, see limits; default: none'),
  thresholdsPercent: thresholds,
  timeZone: timeZoneSchema.optional().describe('Time zone of its days and months; default: UTC'),
  dayStartsAt: dayStart,
  monthStartsOn: monthStart,
  models: z
    .array(textSchema)
    .min(1)
    .max(1_000)
    .optional()
    .describe('Globs of the models that it may call; default: all'),
  providers: z
    .array(textSchema)
    .min(1)
    .max(1_000)
    .optional()
    .describe('Globs of the providers that may serve it; default: all'),
  strict: z
    .boolean()
    .optional()
    .describe('Whether calls reserve all output that they request, and are cut to it; default: false'),
  showCost: z.boolean().optional().describe('Whether its clients see costs; default: false'),
  alerts: z
    .strictObject({
      send: z
        .array(receiverSchema)
        .max(10)
        .optional()
        .describe('Receivers of its alerts and of those below it, besides everyone’s; default: none'),
    })
    .optional(),
  metadata,
})

const plansSchema = z
  .record(
    newNameSchema,
    z.strictObject({ limits: limitsConfigSchema.describe('A map or a list, see limits') }),
  )
  .describe('Limits that consumers take over, by the name of the plan')

const routingSchema = z.strictObject({
  strategy: strategySchema
    .optional()
    .describe(
      'Which of the keys with room comes first: the one with the largest share left (most-remaining), with the lowest priority, each in turn (round-robin), or whose quota returns first (soonest-reset); default: most-remaining',
    ),
  maxWaitMs: maxWaitSchema
    .optional()
    .describe(
      'Longest wait in milliseconds for quota that returns within this time, 0 for never; default: 5000',
    ),
  endUserFrom: z
    .enum(['header', 'body'])
    .optional()
    .describe(
      'Where consumers’ end users are named: the header x-quotakeeper-user, or the body (user, safety_identifier); default: header',
    ),
  aliases: z
    .record(textSchema, modelsOfAliasSchema)
    .optional()
    .describe('Names for lists of models, tried in order; default: none'),
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
      input: priceSchema.optional().describe('Per million input tokens; default: $0'),
      output: priceSchema.optional().describe('Per million output tokens; default: $0'),
      cachedInput: priceSchema.optional().describe('Per million cached input tokens; default: as input'),
      cacheWrite: priceSchema
        .optional()
        .describe('Per million input tokens written to a cache; default: as input'),
      request: priceSchema.optional().describe('Per request; default: $0'),
    }),
  )
  .describe('Prices of models, by globs of vendor/model; the most specific one applies')

const tokenConfigSchema = z.strictObject({
  name: newNameSchema.describe('Its name, in lists and logs'),
  sha256: sha256Schema.describe('SHA-256 of the secret in hexadecimal, with or without sha256: before it'),
  consumer: nameSchema
    .optional()
    .describe('The consumer that it is limited to, with those below it; default: not limited'),
  scopes: scopesSchema.describe('What it allows: call (the gateway), read, record (usage), admin (changes)'),
  expiresAt: instantSchema.optional().describe('The instant at which it ends; default: never'),
})

/** The schema of the parsed configuration file. Unknown fields are refused. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Path of the JSON Schema, for editors; default: none'),
    providers: z
      .array(providerConfigSchema)
      .max(10_000)
      .optional()
      .describe('Keys at vendors, each with its limits'),
    pools: z
      .array(poolConfigSchema)
      .max(10_000)
      .optional()
      .describe('Quotas that several providers share, such as those of one organisation'),
    tokens: z
      .array(tokenConfigSchema)
      .max(10_000)
      .optional()
      .describe('Tokens of callers; the file is read again when it changes, and a removed one ends'),
    plans: plansSchema.optional(),
    consumers: z
      .array(consumerConfigSchema)
      .max(10_000)
      .optional()
      .describe('Teams, applications and tenants that make calls, each with its limits'),
    routing: routingSchema.optional().describe('Which key takes a call'),
    prices: pricesSchema.optional(),
    alerts: z
      .strictObject({
        send: z.array(receiverSchema).max(100).optional().describe('Receivers; default: the log alone'),
      })
      .optional()
      .describe('Who receives alerts'),
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
    refuseTwins('consumers', config.consumers ?? [], ctx)
    refuseBadTrees(config, ctx)
  })

/** A configuration without defaults applied. */
export type Config = z.output<typeof configSchema>
export type ProviderConfig = z.output<typeof providerConfigSchema>
export type PoolConfig = z.output<typeof poolConfigSchema>
type TokenConfig = z.output<typeof tokenConfigSchema>
export type ConsumerConfig = z.output<typeof consumerConfigSchema>

/** Parents and plans must be in the file, too, and no consumer below itself. */
function refuseBadTrees(
  {
    consumers = [],
    plans = {},
  }: {
    readonly consumers?: readonly ConsumerConfig[] | undefined
    readonly plans?: object | undefined
  },
  ctx: z.RefinementCtx,
): void {
  const byName = new Map(consumers.map(consumer => [consumer.name, consumer]))
  for (const [index, consumer] of consumers.entries()) {
    const { name, parent, plan } = consumer
    const refuse = (field: string, message: string): void =>
      ctx.addIssue({ code: 'custom', path: ['consumers', index, field], message })
    if (parent !== undefined && !byName.has(parent))
      refuse('parent', `consumer "${name}" is below "${parent}", which is not among the consumers`)
    if (plan !== undefined && !Object.hasOwn(plans, plan))
      refuse('plan', `consumer "${name}" has the plan "${plan}", which is not among the plans`)
    const level = levelIn(consumer, byName)
    if (level === null) refuse('parent', `consumer "${name}" is below itself`)
    else if (level > maxConsumerLevels)
      refuse('parent', `there may be at most ${maxConsumerLevels} levels of consumers`)
  }
}

function refuseTwins(
  list: 'providers' | 'pools' | 'consumers' | 'tokens',
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
