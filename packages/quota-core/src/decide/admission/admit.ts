import type { CostBasis } from '../../domain/call-request.js'
import { coolsModel } from '../../domain/cool-down.js'
import { type Counter, fits, fitsAgainAtMs, fitsSinceMs, hold, roomUnits } from '../../domain/counter.js'
import { type Counts, heldUnits } from '../../domain/counts.js'
import { servesModel } from '../../domain/glob.js'
import { maxAt } from '../../domain/grant.js'
import { isoInstant, isoInstantOrNull } from '../../domain/instant.js'
import { isLearned } from '../../domain/limit.js'
import type { Reason } from '../../domain/outcome.js'
import type { Provider } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { type Call, countersOfCall, type LimitCounter, subjectOf } from '../call-counters.js'
import { isUserTooMany } from '../limits/users-of-limit.js'
import { consumerReasons } from './consumer-reasons.js'
import { concernedLimits, priceUnknown } from './money.js'

/** A request to admit a call at one provider. */
export interface AdmissionRequest {
  readonly provider: Provider
  /** `''` for a call without a model. */
  readonly model: string
  /** The consumer of the call; `''` for none. */
  readonly consumer: string
  /** The consumer's end user; `''` for none. */
  readonly endUser: string
  readonly counts: Counts
  /** The smallest acceptable counts; null requires all of `counts`. */
  readonly atLeast: Counts | null
  readonly costBasis: CostBasis
}

/** Whether the provider can take the call now, and for which counts. */
export type Admission =
  | {
      readonly granted: true
      /** The subjects whose limits apply to the call. */
      readonly subjects: readonly SubjectRef[]
      readonly counts: Counts
      /** The limits that apply to the call, with its units already held. */
      readonly counters: readonly LimitCounter[]
      /** Limits in shadow mode that would have refused the call. */
      readonly wouldDeny: ReadonlySet<LimitCounter>
    }
  | {
      readonly granted: false
      readonly reasons: readonly Reason[]
      /** ISO-8601; null when the call never fits by itself. */
      readonly retryAt: string | null
      /** Subjects with due attempts; expiring these may make room for the call. */
      readonly awaits: readonly SubjectRef[]
    }

/**
 * Admits or denies a call: all or nothing over every limit of every subject. This is the only place that decides
 * whether a call may go out.
 * @throws QuotaError INVALID_INPUT for a call without a model where limits tell models apart; COUNT_OVERFLOW
 */
export function admit(state: QuotaState, admissionRequest: AdmissionRequest, nowMs: number): Admission {
  const { provider, model, consumer, endUser } = admissionRequest
  const subjects = state.kinds.ofCall(state, { providerName: provider.name, consumer })
  const limitedByModel = model === '' ? subjects.find(ref => isLimitedByModel(state, ref)) : undefined
  if (limitedByModel !== undefined) {
    const message = `${limitedByModel.kind} "${limitedByModel.name}" has limits per model: name the model of the call`
    throw new QuotaError('INVALID_INPUT', message, { field: 'model' })
  }
  const counters = countersOfCall(state, { subjects, model, endUser }, nowMs)
  // Cache hits are not certain: `atLeast` must fit without them, so that the granted counts never fall below it.
  const atLeast = admissionRequest.atLeast && { ...admissionRequest.atLeast, cachedInputTokenCount: 0 }
  const least = atLeast ?? admissionRequest.counts
  const reasons = reasonsAgainstCall(state, provider, { subjects, model }, nowMs)
  for (const reason of consumerReasons(state, provider, { subjects, model, consumer })) reasons.push(reason)
  let wouldDeny: Set<LimitCounter> | null = null
  const awaits: SubjectRef[] = []
  const concerned = concernedLimits(counters, admissionRequest)
  for (const entry of concerned) {
    const units = heldUnits(least, entry.limit)
    const unpriced = priceUnknown(entry, admissionRequest.costBasis)
    const isTooMany = isUserTooMany(state, entry)
    if (unpriced === null && !isTooMany && fits(entry.counter, entry.limit, units)) continue
    if (entry.limit.mode !== 'enforce') {
      wouldDeny ??= new Set()
      wouldDeny.add(entry)
      continue
    }
    if (unpriced !== null) {
      reasons.push(unpriced)
      continue
    }
    if (isTooMany) {
      const { subject, limitId } = entry.counter
      reasons.push({ subject, limitId, code: 'too_many_users', retryAt: null })
      continue
    }
    const awaited = awaitsExpiry(state, entry, units, nowMs)
    if (awaited) awaits.push(entry.counter.subject)
    reasons.push(reasonOfLimit(entry, units, awaited ? nowMs + nextStepMs : null))
  }
  if (reasons.length > 0) {
    // A denial that only waits for expiries is retried at the next expiry step, whatever the calls in flight spend.
    const retryAt = retryAtOf(reasons, awaits.length > 0 ? [] : concerned, least)
    return { granted: false, reasons, retryAt, awaits }
  }
  const counts =
    atLeast === null ? admissionRequest.counts : asMuchAsFits(admissionRequest.counts, atLeast, concerned)
  return { granted: true, subjects, counts, ...holdUnits(counters, counts, wouldDeny ?? noLimits, nowMs) }
}

/** Whether a configured (not learned) limit of these subjects depends on the model. */
export function needsModel(state: QuotaState, subjects: readonly SubjectRef[]): boolean {
  return subjects.some(ref => isLimitedByModel(state, ref))
}

function isLimitedByModel(state: QuotaState, ref: SubjectRef): boolean {
  return subjectOf(state, ref).limits.some(limit => limit.model !== null && !isLearned(limit))
}

/** Shared by the usual case, to allocate nothing. */
const noLimits: ReadonlySet<LimitCounter> = new Set()

/**
 * When the call would fit if every held unit were spent now: the latest instant over its reasons, and over limits that
 * have room only as long as units are held rather than spent. Null if it never fits.
 */
function retryAtOf(
  reasons: readonly Reason[],
  counters: readonly LimitCounter[],
  least: Counts,
): string | null {
  let latest = ''
  for (const { retryAt } of reasons) {
    if (retryAt === null) return null
    if (retryAt > latest) latest = retryAt
  }
  for (const { subject, limit, counter } of counters) {
    const room = limit.mode === 'enforce' ? roomUnits(counter, limit) : null
    if (room === null || room > 0) continue
    const retryAt = isoInstantOrNull(fitsAgainAtMs(counter, limit, subject, heldUnits(least, limit)))
    if (retryAt === null) return null
    if (retryAt > latest) latest = retryAt
  }
  return afterGrants(latest, counters, least)
}

/** The first instant from then on at which limits have room that have it now by grants, which may end before. */
function afterGrants(retryAt: string, counters: readonly LimitCounter[], least: Counts): string | null {
  let sinceMs = Date.parse(retryAt)
  const granted = counters.filter(({ limit }) => limit.mode === 'enforce' && limit.grants !== undefined)
  // Each round may move past the ends of further grants of the others.
  for (let round = 0; round < granted.length; round++) {
    for (const { subject, limit, counter } of granted) {
      const fitsMs = fitsSinceMs(counter, limit, subject, { units: heldUnits(least, limit), sinceMs })
      if (fitsMs === null) return null
      sinceMs = Math.max(sinceMs, fitsMs)
    }
  }
  return granted.length === 0 ? retryAt : isoInstant(sinceMs)
}

/** Reasons that do not depend on the size of the call. */
function reasonsAgainstCall(
  state: QuotaState,
  provider: Provider,
  { subjects, model }: Call,
  nowMs: number,
): Reason[] {
  const reasons: Reason[] = []
  const against = (code: Reason['code']): void => {
    reasons.push({ subject: providerRef(provider.name), limitId: null, code, retryAt: null })
  }
  if (!provider.enabled) against('disabled')
  if (model !== '' && !servesModel(provider.models, model)) against('model_not_served')
  for (const ref of subjects) {
    for (const coolDown of state.coolDowns(ref)) {
      if (coolDown.untilMs <= nowMs || !coolsModel(coolDown, model)) continue
      const retryAt = isoInstantOrNull(coolDown.untilMs)
      const { kind: cause, httpStatus } = coolDown
      reasons.push({ subject: ref, limitId: null, code: 'cooling_down', retryAt, cause, httpStatus })
    }
  }
  return reasons
}

/** The reason of a limit without room. `soonestMs` is when to retry if due attempts hold its units. */
function reasonOfLimit(
  { subject, limit, counter }: LimitCounter,
  units: number,
  soonestMs: number | null,
): Reason {
  const fitsMs = fitsAgainAtMs(counter, limit, subject, units)
  const { id: limitId, metric, window } = limit
  const max = maxAt(limit, counter.atMs)
  const reason = {
    subject: counter.subject,
    limitId,
    retryAt: isoInstantOrNull(fitsMs === null || soonestMs === null ? fitsMs : Math.min(fitsMs, soonestMs)),
  }
  return metric !== 'concurrency' && max !== null && units > max
    ? { ...reason, code: 'too_large', metric, window, units, max }
    : { ...reason, code: 'exhausted' }
}

/** Every process runs an expiry step each second. */
const nextStepMs = 1_000

/** Whether the units would fit if nothing were held, while due attempts hold some of the limit. */
function awaitsExpiry(
  state: QuotaState,
  { limit, counter }: LimitCounter,
  units: number,
  nowMs: number,
): boolean {
  if (!state.hasDue(counter.subject, nowMs)) return false
  return fits({ ...counter, held: 0 }, limit, units)
}

/**
 * The largest part of `counts`, never less than `atLeast`, that every enforced limit has room for. Limits of a single
 * count are applied first, so that their cut is not taken from tokens a second time. Token limits cut output before
 * input.
 */
function asMuchAsFits(counts: Counts, atLeast: Counts, counters: readonly LimitCounter[]): Counts {
  let granted = counts
  const singleFirst = [...counters].sort((left, right) => Number(isSum(left)) - Number(isSum(right)))
  for (const { limit, counter } of singleFirst) {
    const room = limit.mode === 'enforce' ? roomUnits(counter, limit) : null
    if (room === null) continue
    const excess = heldUnits(granted, limit) - room
    if (excess > 0) granted = reduced(granted, atLeast, limit, excess)
  }
  return granted
}

function isSum({ limit }: LimitCounter): boolean {
  return limit.metric === 'tokens'
}

function reduced(counts: Counts, atLeast: Counts, limit: LimitCounter['limit'], excess: number): Counts {
  switch (limit.metric) {
    case 'requests':
      return { ...counts, requestCount: counts.requestCount - excess }
    case 'characters':
      return { ...counts, characterCount: counts.characterCount - excess }
    case 'cost':
      return { ...counts, costMicroUsd: counts.costMicroUsd - excess }
    case 'audioSeconds':
      return { ...counts, audioSecondCount: counts.audioSecondCount - excess }
    case 'outputTokens':
      return { ...counts, outputTokenCount: counts.outputTokenCount - excess }
    case 'inputTokens':
      return withInput(counts, counts.inputTokenCount - excess)
    case 'concurrency':
      return counts
    case 'tokens': {
      const fromOutput = Math.min(excess, counts.outputTokenCount - atLeast.outputTokenCount)
      const shorter = { ...counts, outputTokenCount: counts.outputTokenCount - fromOutput }
      return withInput(shorter, counts.inputTokenCount - (excess - fromOutput))
    }
  }
}

/** Keeps cached input at most as large as the input that contains it. */
function withInput(counts: Counts, inputTokenCount: number): Counts {
  const cachedInputTokenCount = Math.min(counts.cachedInputTokenCount, inputTokenCount)
  return { ...counts, inputTokenCount, cachedInputTokenCount }
}

function holdUnits(
  counters: readonly LimitCounter[],
  counts: Counts,
  wouldDenyBefore: ReadonlySet<LimitCounter>,
  nowMs: number,
): { counters: readonly LimitCounter[]; wouldDeny: ReadonlySet<LimitCounter> } {
  let wouldDeny: Set<LimitCounter> | null = null
  const held = counters.map(entry => {
    const { subject, limit } = entry
    const after: LimitCounter = { subject, limit, counter: heldFor(entry, counts, nowMs) }
    if (wouldDenyBefore.has(entry)) {
      wouldDeny ??= new Set()
      wouldDeny.add(after)
    }
    return after
  })
  return { counters: held, wouldDeny: wouldDeny ?? noLimits }
}

function heldFor({ subject, limit, counter }: LimitCounter, counts: Counts, nowMs: number): Counter {
  const units = heldUnits(counts, limit)
  return hold(counter, limit, subject, { units, occurredAtMs: nowMs, spentAtMs: nowMs })
}
