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
import { type Subject, subjectDefaults } from '../../domain/subject.js'
import { isRolling, lastsAnHour } from '../../domain/window.js'
import { type Call, subjectOf } from '../call-counters.js'

const dayMs = 86_400_000
/** A learned limit is removed when its vendor has not reported it for this long. */
const forgottenAfterMs = 30 * dayMs
/** Most learned limits of a subject; enough for a vendor with one limit per model. */
const maxLearned = 100

/** A limit to add or to renew. */
export interface LearnedLimit {
  readonly subject: Subject
  readonly limit: Limit
}

/** Whether the fact reports a limit of this kind of subject. */
export function isReported(
  fact: QuotaFact,
  kind: Subject['kind'],
  limit: Pick<Limit, 'metric' | 'window'>,
): boolean {
  return fact.scope === kind && fact.metric === limit.metric && fact.window === limit.window
}

/** The limit update of an answer: reported limits that are unknown or have changed. Null for none, the usual case. */
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

/** The limits that the command adds or renews, by subject. */
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

/** The configured limits, and the learned limits that they do not replace. */
export function withLearned(before: Subject | undefined, configured: readonly Limit[]): readonly Limit[] {
  const learned = (before?.limits ?? []).filter(isLearned)
  return [...configured, ...learned.filter(limit => !configured.some(other => replaces(other, limit)))]
}

/** The limit that a fact adds or renews; null if it is known already or cannot be learned. */
function learnable(subject: Subject, fact: QuotaFact, model: string, nowMs: number): Limit | null {
  // A max of 0 is a refusal rather than a limit: it bars the call for as long as the vendor reports it.
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

/** Window ends at most this far apart are the same: clocks differ, and answers take time. */
const alignedWithinMs = 120_000

/**
 * Whether the subject's window turns with its vendor's, determined by the end that the vendor states, or else by its time
 * zone. A window that ends later would withhold returned quota for hours; one that ends earlier would send calls that
 * are refused. If they differ, nothing is learned and the vendor's refusals state the wait. Windows under an hour
 * always pass.
 */
export function turnsWithVendor(subject: Subject, fact: QuotaFact, nowMs: number): boolean {
  const { window, timeZone } = fact
  if (isRolling(window) || window === 'total') return true
  const own = calendarInterval(window, subject, nowMs)
  const statedEndMs = statedEnd(fact, nowMs)
  if (statedEndMs !== null) return Math.abs(own.endMs - statedEndMs) <= alignedWithinMs
  return own.startMs === calendarInterval(window, { ...subjectDefaults, timeZone }, nowMs).startMs
}

/** When a window of an hour or longer ends according to the vendor; null if not stated or already past. */
function statedEnd({ window, resetsAtMs }: QuotaFact, nowMs: number): number | null {
  return !isRolling(window) && lastsAnHour(window) && (resetsAtMs ?? 0) > nowMs ? (resetsAtMs ?? null) : null
}

/**
 * Until when calls wait for spent quota whose window differs from the subject's, so that no limit covers it. Null if
 * quota is left, or if a limit covers it.
 */
export function spentElsewhereUntilMs(subject: Subject, fact: QuotaFact, nowMs: number): number | null {
  if (fact.remaining > 0 || turnsWithVendor(subject, fact, nowMs)) return null
  return statedEnd(fact, nowMs)
}

/** Whether a configured limit replaces a learned one: configured limits win. */
function replaces(configured: Limit, learned: Limit): boolean {
  if (configured.id === learned.id) return true
  if (configured.metric !== learned.metric || configured.window !== learned.window) return false
  return configured.model === null || concernsModel(configured, learned.model ?? '')
}

/** Whether the vendor has not reported a learned limit for long, or its windows begin elsewhere by now. */
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

/** Of facts that differ only in `max`, the smallest: one limit cannot follow several. */
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
