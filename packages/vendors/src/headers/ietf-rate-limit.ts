import type { Clock } from '../read/clock.js'
import type { LimitSignal, SignalMetric, SignalScope } from '../signals/limit-signal.js'
import { periodOfLength, type SignalWindow, windowOf } from '../signals/signal-window.js'
import type { HeaderGroup } from './header-group.js'
import type { HeaderValues } from './header-values.js'
import { parseResetMs } from './parse-reset.js'
import { parseCount, parseCountField } from './read-header-limits.js'
import { type FieldMember, parseMembers } from './structured-field.js'

/** Quota units of the drafts; we do not count others, such as bytes. */
const metrics: Readonly<Record<string, SignalMetric>> = { requests: 'requests', tokens: 'tokens' }

/** A policy announced by a server. */
interface Policy {
  readonly names: readonly string[]
  readonly limit: number | null
  readonly window: SignalWindow | null
  readonly metric: SignalMetric | null
}

/**
 * The limits in `RateLimit` and `RateLimit-Policy` (drafts 07 to 11), or in `RateLimit-Limit`, `-Remaining` and
 * `-Reset` (drafts 00 to 06). Windows other than a second, minute, hour or day are null. Source:
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function readIetfLimits(
  headers: HeaderValues,
  scope: SignalScope,
  clock: Clock,
): readonly LimitSignal[] {
  const policies = readPolicies(headers)
  const current = headers.get('ratelimit')
  const separate = separateFields(headers, policies, clock)
  const reported = current === undefined ? separate : readCurrent(parseMembers(current), policies, clock)
  const limits =
    reported.length === 0 ? policies.map(policy => ({ policy, remaining: null, resetMs: null })) : reported
  return limits.flatMap(({ policy, remaining, resetMs }) =>
    policy.metric === null || (policy.limit === null && remaining === null)
      ? []
      : [
          {
            metric: policy.metric,
            window: policy.window,
            limit: policy.limit,
            remaining,
            resetMs,
            scope,
            perModel: false,
            origin: 'headers' as const,
          },
        ],
  )
}

/** The separate fields of drafts 00 to 06. */
export const separateIetfFields: Pick<HeaderGroup, 'limit' | 'remaining' | 'reset' | 'resetForm'> = {
  limit: 'ratelimit-limit',
  remaining: 'ratelimit-remaining',
  reset: 'ratelimit-reset',
  resetForm: 'any',
}

interface Reported {
  readonly policy: Policy
  readonly remaining: number | null
  readonly resetMs: number | null
}

function readPolicies(headers: HeaderValues): readonly Policy[] {
  // Drafts 03 to 06 allow policies after the limit: `RateLimit-Limit: 100, 100;w=10`.
  const text = headers.get('ratelimit-policy') ?? headers.get('ratelimit-limit') ?? ''
  return parseMembers(text).flatMap(member => {
    const limit = parseCount(member.parameters.get('q') ?? member.names.find(name => /^\d+$/.test(name)))
    const seconds = parseCount(member.parameters.get('w'))
    const unit = member.parameters.get('qu') ?? 'requests'
    if (limit === null || (seconds === null && member.parameters.get('q') === undefined)) return []
    return [{ names: member.names, limit, window: windowOfSeconds(seconds), metric: metrics[unit] ?? null }]
  })
}

function windowOfSeconds(seconds: number | null): SignalWindow | null {
  const period = seconds === null ? null : periodOfLength(seconds * 1_000)
  return period === null || period === 'month' ? null : windowOf(period, 'calendar')
}

function readCurrent(
  members: readonly FieldMember[],
  policies: readonly Policy[],
  clock: Clock,
): readonly Reported[] {
  // Draft 07 wrote a dictionary: `limit=100, remaining=50, reset=5`.
  const dictionary = new Map(members.flatMap(member => [...member.parameters]))
  if (dictionary.has('remaining')) {
    const limit = parseCount(dictionary.get('limit'))
    const remaining = parseCount(dictionary.get('remaining'))
    return [
      { policy: policyOf([], policies, limit), remaining, resetMs: waitOf(dictionary.get('reset'), clock) },
    ]
  }
  return members.flatMap(member => {
    const remaining = parseCount(member.parameters.get('r'))
    const resetMs = waitOf(member.parameters.get('t'), clock)
    return remaining === null ? [] : [{ policy: policyOf(member.names, policies, null), remaining, resetMs }]
  })
}

function separateFields(
  headers: HeaderValues,
  policies: readonly Policy[],
  clock: Clock,
): readonly Reported[] {
  const remaining = parseCountField(headers.get('ratelimit-remaining'))
  const limit = parseCount(headers.get('ratelimit-limit')?.split(/[,;]/)[0]?.trim())
  if (remaining === null && limit === null) return []
  const resetMs = waitOf(headers.get('ratelimit-reset'), clock)
  return [{ policy: policyOf([], policies, limit), remaining, resetMs }]
}

function waitOf(text: string | undefined, clock: Clock): number | null {
  return text === undefined ? null : parseResetMs(text, 'any', clock)
}

/** The policy with that name or limit, or the only policy. */
function policyOf(names: readonly string[], policies: readonly Policy[], limit: number | null): Policy {
  const found =
    policies.find(policy => policy.names.some(name => names.includes(name))) ??
    policies.find(policy => limit !== null && policy.limit === limit) ??
    (policies.length === 1 ? policies[0] : undefined)
  const unknown: Policy = { names, limit, window: null, metric: 'requests' }
  return limit === null ? (found ?? unknown) : { ...(found ?? unknown), limit }
}
