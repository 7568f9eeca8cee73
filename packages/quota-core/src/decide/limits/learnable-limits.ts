import { calendarInterval } from '../../domain/calendar.js'
import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { LearnLimitsCommand, QuotaFact } from '../../domain/command.js'
import { isGlob } from '../../domain/glob.js'
import {
  concernsModel,
  defaultLimitId,
  isLearned,
  type Limit,
  type VersionedLimit,
} from '../../domain/limit.js'
import type { QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { isRolling, lastsAnHour } from '../../domain/window.js'
import { type Call, subjectOf } from '../call-counters.js'

const dayMs = 86_400_000
/** A learned limit that its vendor has not mentioned for so long is forgotten. */
const forgottenAfterMs = 30 * dayMs
/** Learned limits of one subject at most: a vendor with a limit for each of its models stays below. */
const maxLearned = 100

/** A limit that a decision is to add, or to renew. */
export interface LearnedLimit {
  readonly subject: Subject
  readonly limit: Limit
}

/** Whether the vendor speaks of a limit of this kind of subject. */
export function isReported(
  fact: QuotaFact,
  kind: Subject['kind'],
  limit: Pick<Limit, 'metric' | 'window'>,
): boolean {
  return fact.scope === kind && fact.metric === limit.metric && fact.window === limit.window
}

/**
 * What there is to learn from an answer: limits that are not known, or known otherwise. Null for nothing, as
 * is usual.
 */
export function limitUpdateOf(
  state: QuotaState,
  {
    providerName,
    subjects: refs,
    model,
    facts,
  }: Call & { readonly providerName: string; readonly facts: readonly QuotaFact[] },
  nowMs: number,
): LearnLimitsCommand | null {
  const subjects = refs.map(ref => subjectOf(state, ref))
  const isNew = subjects.some(
    subject =>
      subject.limits.some(limit => isOutdated(subject, limit, facts, nowMs)) ||
      facts.some(fact => learnable(subject, fact, model, nowMs) !== null),
  )
  return isNew ? { type: 'learnLimits', providerName, model, facts } : null
}

/** The limits that the command adds or renews, with the subjects that they are to hang on. */
export function learnedLimits(
  state: QuotaState,
  { providerName, model, facts }: LearnLimitsCommand,
  nowMs: number,
): readonly LearnedLimit[] {
  return subjectsOfProvider(state, providerName).flatMap(ref => {
    const subject = subjectOf(state, ref)
    return facts.flatMap(fact => {
      const limit = learnable(subject, fact, model, nowMs)
      return limit === null ? [] : [{ subject, limit }]
    })
  })
}

/** The limits that somebody configured, and of those that were learned before what these leave unsaid. */
export function withLearned(before: Subject | undefined, configured: readonly Limit[]): readonly Limit[] {
  const learned = (before?.limits ?? []).filter(isLearned)
  return [...configured, ...learned.filter(limit => !configured.some(other => replaces(other, limit)))]
}

/** The limit that a fact teaches its subject; null where it is known so already, or is none to learn. */
function learnable(subject: Subject, fact: QuotaFact, model: string, nowMs: number): Limit | null {
  // A quota of nothing is no limit but a refusal, which bars the call for as long as it is said.
  if (fact.scope !== subject.kind || fact.max < 1) return null
  const own = fact.perModel ? model : null
  if (own === '' || (own !== null && isGlob(own))) return null
  const { metric, window, max, countsCached } = fact
  const limit: Omit<VersionedLimit, 'version'> = {
    ...{ metric, window, max, countsCached, model: own, per: null, mode: 'enforce' },
    id: defaultLimitId({ metric, window, model: own }),
    learnedAtMs: nowMs,
  }
  const sameId = subject.limits.find(known => known.id === limit.id)
  const isConfigured = (known: VersionedLimit): boolean => !isLearned(known) && replaces(known, limit)
  if (subject.limits.some(isConfigured)) return null
  if (!turnsWithVendor(subject, fact, nowMs)) return null
  if (sameId === undefined) return subject.limits.filter(isLearned).length < maxLearned ? limit : null
  const isFresh = nowMs - (sameId.learnedAtMs ?? 0) < dayMs
  return isFresh && sameId.max === max && sameId.countsCached === countsCached ? null : limit
}

/** Clocks differ, and answers take their time: ends that are no further apart are one. */
const alignedWithinMs = 120_000

/**
 * Whether the subject's window turns when its vendor's does: by the end that the vendor states, or else by the zone
 * of its days. One that ends later would keep calls from quota that is back, hours of it, and one that ends earlier
 * would let them out to be refused. Its refusals tell until when, then. Windows below an hour are taken as they are.
 */
export function turnsWithVendor(subject: Subject, fact: QuotaFact, nowMs: number): boolean {
  const { window, timeZone } = fact
  if (isRolling(window)) return true
  const own = calendarInterval(window, subject, nowMs)
  const statedEndMs = statedEnd(fact, nowMs)
  if (statedEndMs !== null) return Math.abs(own.endMs - statedEndMs) <= alignedWithinMs
  return own.startMs === calendarInterval(window, { timeZone, dayStartsAt: '00:00' }, nowMs).startMs
}

/** When a window of an hour or longer ends by its vendor's word; null where it doesn't say, or it has ended. */
function statedEnd({ window, resetsAtMs }: QuotaFact, nowMs: number): number | null {
  return !isRolling(window) && lastsAnHour(window) && (resetsAtMs ?? 0) > nowMs ? (resetsAtMs ?? null) : null
}

/**
 * Until when calls are off of whose quota nothing is left, where the window is the vendor's own rather than ours, so
 * that no limit can tell; null where something is left, or a limit tells.
 */
export function spentElsewhereUntilMs(subject: Subject, fact: QuotaFact, nowMs: number): number | null {
  if (fact.remaining > 0 || turnsWithVendor(subject, fact, nowMs)) return null
  return statedEnd(fact, nowMs)
}

/** Whether what is configured says all that is to be said of a learned limit: people's own limits win. */
function replaces(configured: Limit, learned: Limit): boolean {
  if (configured.id === learned.id) return true
  if (configured.metric !== learned.metric || configured.window !== learned.window) return false
  return configured.model === null || concernsModel(configured, learned.model ?? '')
}

/** Whether its vendor has not mentioned a learned limit for long, or counts by windows that begin elsewhere by now. */
export function isOutdated(
  subject: Subject,
  limit: VersionedLimit,
  facts: readonly QuotaFact[],
  nowMs: number,
): boolean {
  const { learnedAtMs } = limit
  if (learnedAtMs === undefined) return false
  if (nowMs - learnedAtMs > forgottenAfterMs) return true
  return facts.some(fact => isReported(fact, subject.kind, limit) && !turnsWithVendor(subject, fact, nowMs))
}

/** Of facts about quotas that are alike but for their size, the smallest: one limit cannot follow several. */
export function smallestFacts(facts: readonly QuotaFact[]): readonly QuotaFact[] {
  const isAlike = (left: QuotaFact, right: QuotaFact): boolean =>
    left.scope === right.scope &&
    left.metric === right.metric &&
    left.window === right.window &&
    left.perModel === right.perModel
  return facts.filter((fact, index) =>
    facts.every(
      (other, place) =>
        place === index ||
        !isAlike(fact, other) ||
        fact.max < other.max ||
        (fact.max === other.max && index < place),
    ),
  )
}
