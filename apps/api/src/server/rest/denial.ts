import {
  type Denied,
  type LimitState,
  matchesModel,
  type ProviderStats,
  type Reason,
  reasonText,
  type Skipped,
} from '@quotakeeper/quota-core'
import type { ProblemResponse } from './problem.js'
import { policyName, rateLimitHeaders } from './rate-limit-headers.js'

/** The problem type of the RateLimit draft for a spent quota. */
const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded'

/** Most reasons in the text of a problem; the answer lists all. */
const maxReasonsListed = 10

/** A denial by one provider or by all candidates. */
export type Denial = Denied & { readonly skipped?: readonly Skipped[] }

/** Whether a procedure's answer denies the call. */
export function isDenial(answer: unknown): answer is Denial {
  return typeof answer === 'object' && answer !== null && 'decision' in answer && answer.decision === 'denied'
}

/** The reasons per provider: one for a reservation, all candidates for a choice. */
export function refusalsOf(denial: Denial, asked: unknown): readonly Skipped[] {
  if (denial.skipped !== undefined) return denial.skipped
  const { providerName, model } = isFields(asked) ? asked : {}
  return [
    {
      providerName: typeof providerName === 'string' ? providerName : '',
      model: typeof model === 'string' ? model : null,
      reasons: denial.reasons,
    },
  ]
}

/** The limits that denied the call, with their state from the providers' stats. */
export function limitsAtFault(
  refusals: readonly Skipped[],
  stats: readonly ProviderStats[],
): readonly LimitState[] {
  const all = stats.flatMap(({ limits }) => limits)
  const found = new Map<string, LimitState>()
  for (const { model, reasons } of refusals) {
    for (const reason of reasons) {
      const limit = all.find(state => isSameLimit(state, reason, model))
      if (limit !== undefined) found.set(policyName(limit), limit)
    }
  }
  return [...found.values()]
}

/** The REST answer to a denied call. */
export function problemOfDenial(
  denial: Denial,
  limits: readonly LimitState[],
  nowMs: number,
): ProblemResponse {
  const { reasons, retryAt, skipped } = denial
  const retryAfterSeconds =
    retryAt === null ? null : Math.max(1, Math.ceil((Date.parse(retryAt) - nowMs) / 1_000))
  return {
    problem: {
      type: quotaExceeded,
      title: 'Quota Exceeded',
      status: 429,
      detail: detailOf(denial),
      'violated-policies': limits.map(policyName),
      decision: 'denied',
      reasons,
      retryAt,
      ...(skipped === undefined ? {} : { skipped }),
    },
    headers: {
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...rateLimitHeaders(limits, nowMs),
    },
  }
}

function isSameLimit(state: LimitState, { subject, limitId }: Reason, model: string | null): boolean {
  if (state.id !== limitId || state.subject.kind !== subject.kind || state.subject.name !== subject.name) {
    return false
  }
  return model === null || state.model === null || matchesModel(state.model, model)
}

function detailOf({ reasons, skipped }: Denial): string {
  const all = skipped === undefined ? reasons : skipped.flatMap(({ reasons: own }) => own)
  const texts = [...new Set(all.map(textOf))].slice(0, maxReasonsListed)
  return texts.length === 0 ? 'there are no providers' : texts.join('; ')
}

function textOf(reason: Reason): string {
  const { kind, name } = reason.subject
  // The provider is named in front, so its limits need not repeat it.
  return `${kind} ${name}: ${reasonText({ ...reason, subject: undefined })}`
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
