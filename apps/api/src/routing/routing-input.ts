import {
  longestWaitMs,
  maxAliases,
  maxModelsOfAlias,
  maxPriority,
  nameSchema,
  routedCallSchema,
  type Strategy,
  strategies,
  textSchema,
} from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Most models of all aliases together: what gateways read every few seconds stays small. */
const maxModels = 1_000
/** Most providers whose priority is changed at once. */
const maxPriorities = 1_000

/** The models of an alias, in a file and over the API. */
export const modelsOfAliasSchema = z.array(textSchema).min(1).max(maxModelsOfAlias)

export const strategySchema = z.enum(strategies)

export const maxWaitSchema = z.number().int().min(0).max(longestWaitMs)

type Aliases = Readonly<Record<string, readonly string[]>>

const aliasesSchema: z.ZodType<Aliases, Aliases> = z
  .record(textSchema, modelsOfAliasSchema)
  .superRefine((aliases, ctx) => {
    const lists = Object.values(aliases)
    if (lists.length > maxAliases) {
      ctx.addIssue({ code: 'custom', message: `must be at most ${maxAliases} aliases` })
    } else if (lists.flat().length > maxModels) {
      ctx.addIssue({ code: 'custom', message: `must name at most ${maxModels} models together` })
    }
  })

type Priorities = Readonly<Record<string, number>>

const prioritiesSchema: z.ZodType<Priorities, Priorities> = z
  .record(nameSchema, z.number().int().min(-maxPriority).max(maxPriority))
  .refine(priorities => Object.keys(priorities).length <= maxPriorities, {
    error: `must be at most ${maxPriorities} providers`,
  })

/** Settings as they would be: those left out are as they are. */
export interface ProposedRouting {
  readonly strategy?: Strategy | undefined
  /** All of them, by name. */
  readonly aliases?: Aliases | undefined
  /** Of the providers that are named; lower comes first with the strategy `priority`. */
  readonly priorities?: Priorities | undefined
}

/** Input of `routing.update`: the whole set. A setting that is left out returns to its default. */
export interface RoutingUpdate extends ProposedRouting {
  /** The `revision` of the settings that were read. */
  readonly expectedRevision: string
  /** 0 to 3,600,000 ms. */
  readonly maxWaitMs?: number | undefined
}

const proposedFields = {
  strategy: strategySchema.optional(),
  aliases: aliasesSchema.optional(),
  priorities: prioritiesSchema.optional(),
}

export const routingUpdateSchema: z.ZodType<RoutingUpdate, RoutingUpdate> = z.strictObject({
  expectedRevision: z.string().min(1).max(100),
  ...proposedFields,
  maxWaitMs: maxWaitSchema.optional(),
})

/** Input of `routing.explain`: a call, and what is supposed. */
export const routingExplainSchema = routedCallSchema(
  z.strictObject(proposedFields) satisfies z.ZodType<ProposedRouting, ProposedRouting>,
)

/** The stored settings. Fields of later releases are ignored. */
export const storedRoutingSchema = z.object({
  /** Counts changes, so that each differs from the one before. */
  change: z.number().int(),
  /** Of the update that has made the last change. */
  updateDigest: z.string().optional(),
  strategy: strategySchema.optional(),
  maxWaitMs: maxWaitSchema.optional(),
  aliases: aliasesSchema.optional(),
})
