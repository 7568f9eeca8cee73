import type { LimitState } from '@quotakeeper/quota-core'

/** Most limits that headers tell of: clients and proxies bound the length of headers. */
const mostPolicies = 10
/** The largest integer of a structured field (RFC 9651). */
const largestInteger = 999_999_999_999_999

const windowSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const calendarSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 }

/** Names a limit in headers and problems: unique among all. */
export function policyName({ subject, id, model }: LimitState): string {
  return `${subject.kind}/${subject.name}/${id}${model === null || id.endsWith(`@${model}`) ? '' : `@${model}`}`
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) for the limits: quota,
 * unit and window of each; what is left, and the seconds until it is whole again. None for no limits.
 */
export function rateLimitHeaders(
  limits: readonly LimitState[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const told = limits.slice(0, mostPolicies)
  if (told.length === 0) return {}
  return {
    'ratelimit-policy': told.map(policyItem).join(', '),
    ratelimit: told.map(limit => stateItem(limit, nowMs)).join(', '),
  }
}

function policyItem(limit: LimitState): string {
  const unit = limit.metric === 'requests' ? '' : `;qu=${quoted(limit.metric)}`
  const seconds = secondsOf(limit.window)
  return `${quoted(policyName(limit))};q=${integer(limit.max ?? 0)}${unit}${seconds === null ? '' : `;w=${seconds}`}`
}

function stateItem(limit: LimitState, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(limit.resetsAt) - nowMs) / 1_000))
  return `${quoted(policyName(limit))};r=${integer(limit.remaining ?? 0)};t=${seconds}`
}

/** Null for a month, which has no length of its own. */
function secondsOf(window: string): number | null {
  const [, count, unit] = /^rolling-(\d+)([smhd])$/.exec(window) ?? []
  if (count !== undefined && unit !== undefined) return Number(count) * (windowSeconds[unit] ?? 1)
  return calendarSeconds[window] ?? null
}

/** A string of a structured field, which holds ASCII alone. */
function quoted(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, part => encodeURIComponent(part))
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`
}

function integer(units: number): number {
  return Math.min(units, largestInteger)
}
