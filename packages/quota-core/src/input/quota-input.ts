import { z } from 'zod'
import type { CallOutcome } from '../domain/attempt.js'
import type { CallRequest, CostBasis } from '../domain/call-request.js'
import type { Candidate, CandidateCost } from '../domain/command.js'
import { type Counts, countNames, mapCounts } from '../domain/counts.js'
import { defaultStrategy } from '../domain/routing-bounds.js'
import { type Strategy, strategies } from '../domain/strategy.js'
import {
  type CountsInput,
  countFields,
  countsSchema,
  pickCounts,
  refuseExcessCached,
  refuseInconsistentCounts,
} from './counts-input.js'
import { idSchema, nameSchema, textSchema } from './text.js'

/** The common input of `reserve` and `acquire`. */
interface RequestInput extends CountsInput {
  /** The model of the call. Required if limits depend on the model. */
  readonly model?: string | undefined
  /** Grants as much as fits, but no less than this. Without it, all counts are required. */
  readonly atLeast?: CountsInput | undefined
  /**
   * False if no price is known: every enforced limit on cost then denies the call. With true or a `costMicroUsd`, a cost of 0
   * is free, and passes a spent limit on cost; with neither, a spent one denies the call.
   */
  readonly priceKnown?: boolean | undefined
  /** UUID of the attempt; generated unless given. Idempotent: the same id and payload get the same answer. */
  readonly id?: string | undefined
  /** Id of the client's request. */
  readonly requestId?: string | undefined
  /** The consumer of the call: a team, a user, an application. */
  readonly consumer?: string | undefined
  /** The consumer's end user, that limits per user count apart. */
  readonly endUser?: string | undefined
  /** Time until an unsettled reservation expires: 1 to 86,400 s, 600 unless given. */
  readonly ttlSeconds?: number | undefined
}

/** Input of `reserve`. */
export interface ReserveInput extends RequestInput {
  readonly providerName: string
}

/** A candidate of `acquire`. What it costs there replaces what the request says of its cost. */
export interface CandidateInput {
  readonly providerName: string
  readonly model?: string | undefined
  /** As that of the request unless given. */
  readonly costMicroUsd?: number | undefined
  /** The part of the request's `atLeast`; as stated there unless given, at most `costMicroUsd`. */
  readonly atLeastCostMicroUsd?: number | undefined
  /** As `priceKnown` of the request. */
  readonly priceKnown?: boolean | undefined
}

/** Input of `acquire`. */
export interface AcquireInput extends RequestInput {
  /** At most 100; every provider in use unless given. A candidate's model wins over the input's. */
  readonly candidates?: readonly CandidateInput[] | undefined
  /** `most-remaining` unless given. */
  readonly strategy?: Strategy | undefined
}

/** Input of `commit`. */
export interface CommitInput extends CountsInput {
  readonly reservationId: string
  /** Whether the counts are an estimate. False unless given. */
  readonly estimated?: boolean | undefined
  /** `succeeded` unless given. */
  readonly outcome?: CallOutcome | undefined
}

/** Input of `release`. */
export interface ReleaseInput {
  readonly reservationId: string
}

/** Input of `extend`. */
export interface ExtendInput {
  readonly reservationId: string
  /** Counted from now: 1 to 86,400 s, 600 unless given. */
  readonly ttlSeconds?: number | undefined
}

/** A parsed request. */
interface Request extends CallRequest {
  readonly id: string | null
}

export interface ReserveRequest extends Request {
  readonly providerName: string
  readonly model: string
}

export interface AcquireRequest extends Request {
  /** Null for every provider in use, each with `model`. */
  readonly candidates: readonly Candidate[] | null
  readonly model: string
  readonly strategy: Strategy
}

export interface CommitRequest {
  readonly reservationId: string
  readonly counts: Counts
  readonly estimated: boolean
  readonly outcome: CallOutcome
}

export interface ExtendRequest {
  readonly reservationId: string
  readonly ttlMs: number
}

const ttlSecondsSchema = z
  .number({ error: 'must be a whole number of seconds from 1 to 86400' })
  .int({ error: 'must be a whole number of seconds from 1 to 86400' })
  .min(1, { error: 'must be at least 1 second' })
  .max(86_400, { error: 'must be at most 86400 seconds; extend the reservation for more' })
  .default(600)

const costSchema = countFields.costMicroUsd.unwrap()

const requestFields = {
  ...countFields,
  model: textSchema.optional(),
  // Without a default: 0 is free only if it is stated.
  costMicroUsd: costSchema.optional(),
  atLeast: countsSchema.optional(),
  priceKnown: z.boolean().optional(),
  id: idSchema.optional(),
  requestId: textSchema.optional(),
  consumer: textSchema.optional(),
  endUser: textSchema.optional(),
  ttlSeconds: ttlSecondsSchema,
} as const

type RequestFields = z.output<z.ZodObject<typeof requestFields>>

/** Read field by field: a copy of the parsed input, made for a default, took a tenth of a reservation in memory. */
function countsIn(input: RequestFields): Counts {
  return mapCounts(name => input[name] ?? 0)
}

function refuseUnfitCounts(counts: Counts, atLeast: Counts | undefined, ctx: z.RefinementCtx): void {
  refuseInconsistentCounts(counts, ctx)
  if (atLeast === undefined) return
  for (const name of countNames) {
    if (atLeast[name] <= counts[name]) continue
    ctx.addIssue({ code: 'custom', path: ['atLeast', name], message: `must not be more than ${name}` })
  }
}

/** What the caller says of the cost, of the whole request or at one candidate. */
interface CostFields {
  readonly costMicroUsd?: number | undefined
  readonly priceKnown?: boolean | undefined
}

function costBasisOf({ costMicroUsd, priceKnown }: CostFields): CostBasis {
  if (priceKnown === false) return 'unknown'
  return priceKnown === true || costMicroUsd !== undefined ? 'stated' : 'unstated'
}

/** Adds an issue for counts that do not fit together. Done here, since another step would cost every call 1 µs. */
function requestOf(input: RequestFields, ctx: z.RefinementCtx): Required<Request> {
  const counts = countsIn(input)
  refuseUnfitCounts(counts, input.atLeast, ctx)
  return {
    counts,
    atLeast: input.atLeast ?? null,
    costBasis: costBasisOf(input),
    id: input.id ?? null,
    requestId: input.requestId ?? '',
    consumer: input.consumer ?? '',
    endUser: input.endUser ?? '',
    ttlMs: input.ttlSeconds * 1_000,
  }
}

export const reserveSchema: z.ZodType<ReserveRequest, ReserveInput> = z
  .strictObject({ providerName: nameSchema, ...requestFields })
  .transform((input, ctx) => {
    const { counts, atLeast, costBasis, id, requestId, consumer, endUser, ttlMs } = requestOf(input, ctx)
    const { providerName, model = '' } = input
    // Field by field, as the command: a spread is slow.
    return { providerName, model, counts, atLeast, costBasis, id, requestId, consumer, endUser, ttlMs }
  })

const candidateSchema = z.strictObject({
  providerName: nameSchema,
  model: textSchema.optional(),
  costMicroUsd: costSchema.optional(),
  atLeastCostMicroUsd: costSchema.optional(),
  priceKnown: z.boolean().optional(),
})

type CandidateFields = z.output<typeof candidateSchema>

/** Null if the candidate has no cost of its own. */
function candidateCostOf(candidate: CandidateFields, request: RequestFields): CandidateCost | null {
  const { costMicroUsd, atLeastCostMicroUsd, priceKnown } = candidate
  if (costMicroUsd === undefined && atLeastCostMicroUsd === undefined && priceKnown === undefined) return null
  const cost = {
    costMicroUsd: costMicroUsd ?? request.costMicroUsd,
    priceKnown: priceKnown ?? request.priceKnown,
  }
  return {
    costMicroUsd: cost.costMicroUsd ?? 0,
    atLeastMicroUsd: atLeastCostMicroUsd ?? request.atLeast?.costMicroUsd ?? 0,
    basis: costBasisOf(cost),
  }
}

function refuseUnfitCandidates(
  request: RequestFields & { readonly candidates?: readonly CandidateFields[] | undefined },
  ctx: z.RefinementCtx,
): void {
  for (const [index, candidate] of (request.candidates ?? []).entries()) {
    const cost = candidateCostOf(candidate, request)
    if (cost === null || cost.atLeastMicroUsd <= cost.costMicroUsd) continue
    ctx.addIssue({
      code: 'custom',
      path: ['candidates', index, 'atLeastCostMicroUsd'],
      message: 'must not be more than costMicroUsd; unless given, it is that of the request’s atLeast',
    })
  }
}

export const acquireSchema: z.ZodType<AcquireRequest, AcquireInput> = z
  .strictObject({
    candidates: z
      .array(candidateSchema)
      .min(1, { error: 'must name at least one provider; leave it out for all of them' })
      .max(100)
      .readonly()
      .optional(),
    strategy: z.enum(strategies).default(defaultStrategy),
    ...requestFields,
  })
  .transform((input, ctx) => {
    const { candidates, strategy, model = '' } = input
    const request = requestOf(input, ctx)
    refuseUnfitCandidates(input, ctx)
    const candidateOf = (of: CandidateFields): Candidate => {
      const cost = candidateCostOf(of, input)
      const named = { providerName: of.providerName, model: of.model ?? model }
      return cost === null ? named : { ...named, cost }
    }
    return { candidates: candidates?.map(candidateOf) ?? null, model, strategy, ...request }
  })

/** A call as `routing.explain` describes it: what a client would ask for, without an attempt. */
export interface RoutedCallInput extends Omit<RequestInput, 'id' | 'requestId' | 'ttlSeconds'> {
  /** A model, an alias, or a name that pins a provider or vendor, as clients send it. */
  readonly model: string
}

/** The schema of a call that is described, with one field more. Its candidates and strategy follow from settings. */
export function routedCallSchema<Extra, ExtraInput>(
  proposedSchema: z.ZodType<Extra, ExtraInput>,
): z.ZodType<
  { readonly call: Omit<AcquireRequest, 'candidates' | 'strategy'>; readonly proposed: Extra | undefined },
  RoutedCallInput & { readonly proposed?: ExtraInput | undefined }
> {
  const { id: _, requestId: __, ttlSeconds: ___, ...fields } = requestFields
  return z
    .strictObject({ ...fields, model: textSchema, proposed: proposedSchema.optional() })
    .transform(({ proposed, ...input }, ctx) => ({
      call: { model: input.model, ...requestOf({ ...input, ttlSeconds: 600 }, ctx) },
      proposed,
    }))
}

const commitFields = {
  reservationId: idSchema,
  ...countFields,
  estimated: z.boolean().default(false),
  outcome: z.enum(['succeeded', 'refused', 'failed', 'aborted']).default('succeeded'),
} as const

function commitRequestOf(input: z.output<z.ZodObject<typeof commitFields>>): CommitRequest {
  return {
    reservationId: input.reservationId,
    counts: pickCounts(input),
    estimated: input.estimated,
    outcome: input.outcome,
  }
}

export const commitSchema: z.ZodType<CommitRequest, CommitInput> = z
  .strictObject(commitFields)
  .superRefine(refuseExcessCached)
  .transform(commitRequestOf)

/** The commit schema with a field `signals`, for endpoints that receive the vendor's answer with a settlement. */
export function commitSchemaWithSignals<Signals, SignalsInput>(
  signalsSchema: z.ZodType<Signals, SignalsInput>,
): z.ZodType<
  { readonly request: CommitRequest; readonly signals: Signals | undefined },
  CommitInput & { readonly signals?: SignalsInput | undefined }
> {
  return z
    .strictObject({ ...commitFields, signals: signalsSchema.optional() })
    .superRefine(refuseExcessCached)
    .transform(input => ({ request: commitRequestOf(input), signals: input.signals }))
}

export const releaseSchema: z.ZodType<ReleaseInput, ReleaseInput> = z.strictObject({
  reservationId: idSchema,
})

export const extendSchema: z.ZodType<ExtendRequest, ExtendInput> = z
  .strictObject({ reservationId: idSchema, ttlSeconds: ttlSecondsSchema })
  .transform(({ reservationId, ttlSeconds }) => ({ reservationId, ttlMs: ttlSeconds * 1_000 }))
