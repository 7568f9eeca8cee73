import { type LimitState, windowMs } from '@quotakeeper/quota-core'

/** Most limits in headers: clients and proxies bound the length of headers. */
const maxPolicies = 10
/** The largest integer of a structured field (RFC 9651). */
const largestInteger = 999_999_999_999_999

/** The unique name of a limit in headers and problems. */
export function policyName({ subject, id, model }: LimitState): string {
  return `${subject.kind}/${subject.name}/${id}${model === null || id.endsWith(`@${model}`) ? '' : `@${model}`}`
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) for the limits: quota, unit and window
 * of each; remaining units, and the seconds until the limit is full, left out where it never is. Empty without limits.
 */
export function rateLimitHeaders(
  limits: readonly LimitState[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const reported = limits.slice(0, maxPolicies)
  if (reported.length === 0) return {}
  return {
    'ratelimit-policy': reported.map(policyItem).join(', '),
    ratelimit: reported.map(limit => stateItem(limit, nowMs)).join(', '),
  }
}

function policyItem(limit: LimitState): string {
  const unit = limit.metric === 'requests' ? '' : `;qu=${quoted(limit.metric)}`
  const lengthMs = windowMs(limit.window)
  return `${quoted(policyName(limit))};q=${integer(limit.max ?? 0)}${unit}${lengthMs === null ? '' : `;w=${lengthMs / 1_000}`}`
}

function stateItem(limit: LimitState, nowMs: number): string {
  const { resetsAt, remaining } = limit
  const seconds = resetsAt === null ? null : Math.max(0, Math.ceil((Date.parse(resetsAt) - nowMs) / 1_000))
  return `${quoted(policyName(limit))};r=${integer(remaining ?? 0)}${seconds === null ? '' : `;t=${seconds}`}`
}

/** A string of a structured field, which is ASCII only. */
function quoted(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, part => encodeURIComponent(part))
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`
}

function integer(units: number): number {
  return Math.min(units, largestInteger)
}
