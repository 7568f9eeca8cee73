import { goDuration } from './go-duration.js'
import type { PlainAnswer } from './reaction.js'

const windowSeconds = { minute: 60, day: 86_400 } as const

/** The figures of Groq's refusals. */
export interface GroqLimitHit {
  readonly model: string
  readonly metric: 'requests' | 'tokens'
  readonly window: 'minute' | 'day'
  readonly limit: number
  readonly used: number
  readonly requested: number
}

/**
 * Groq's 429: the limits refill continuously, so the wait is (used + requested − limit) · window / limit. Its headers
 * report requests a day and tokens a minute, whichever limit was hit.
 */
export function groqRateLimited(hit: GroqLimitHit): PlainAnswer {
  const windowMs = windowSeconds[hit.window] * 1_000
  const waitMs = Math.ceil(((hit.used + hit.requested - hit.limit) * windowMs) / Math.max(hit.limit, 1))
  const hasHeaders = (hit.metric === 'requests') === (hit.window === 'day')
  return {
    kind: 'answer',
    httpStatus: 429,
    headers: {
      'retry-after': String(Math.ceil(waitMs / 1_000)),
      ...(hasHeaders ? groqQuotaHeaders({ ...hit, used: Math.min(hit.used, hit.limit) }) : {}),
    },
    body: groqError({
      message: `Rate limit reached for ${groqScope(hit)}. Please try again in ${goDuration(waitMs)}. ${groqUpgrade}`,
      type: hit.metric,
      code: 'rate_limit_exceeded',
    }),
  }
}

/** Groq's 429 of a spent day. */
export function groqDaySpent(): PlainAnswer {
  return groqRateLimited({
    ...{ model: 'm', metric: 'requests', window: 'day' },
    ...{ limit: 1_000, used: 1_000, requested: 1 },
  })
}

/** Groq's 429 of a spent minute, which has room again after 0.1 s. */
export function groqMinuteSpent(): PlainAnswer {
  return groqRateLimited({
    ...{ model: 'm', metric: 'tokens', window: 'minute' },
    ...{ limit: 6_000, used: 5_990, requested: 20 },
  })
}

/** Groq's 413: the request is larger than the whole limit, the key is fine. */
export function groqTooLarge(hit: Omit<GroqLimitHit, 'used'>): PlainAnswer {
  const message = `Request too large for ${groqScope(hit)}, please reduce your message size and try again. ${groqUpgrade}`
  return {
    kind: 'answer',
    httpStatus: 413,
    body: groqError({ message, type: hit.metric, code: 'rate_limit_exceeded' }),
  }
}

/** Groq's headers of a limit; a reset is the time until the limit is full again. */
export function groqQuotaHeaders(quota: {
  readonly metric: 'requests' | 'tokens'
  readonly window: 'minute' | 'day'
  readonly limit: number
  readonly used: number
}): Record<string, string> {
  const resetMs = Math.ceil((quota.used * windowSeconds[quota.window] * 1_000) / Math.max(quota.limit, 1))
  return {
    [`x-ratelimit-limit-${quota.metric}`]: String(quota.limit),
    [`x-ratelimit-remaining-${quota.metric}`]: String(quota.limit - quota.used),
    [`x-ratelimit-reset-${quota.metric}`]: goDuration(resetMs),
  }
}

/**
 * Gemini's 429 for a spent day, as sent by its OpenAI-compatible endpoint: in an array, without headers, and with a
 * wait that is far too short.
 */
export function geminiDaySpent(quota: { readonly model: string; readonly limit: number }): PlainAnswer {
  const type = 'type.googleapis.com/google.rpc'
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
    quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    quotaDimensions: { location: 'global', model: quota.model },
    quotaValue: String(quota.limit),
  }
  const error = {
    code: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': `${type}.QuotaFailure`, violations: [violation] },
      { '@type': `${type}.RetryInfo`, retryDelay: '36s' },
    ],
  }
  return { kind: 'answer', httpStatus: 429, body: [{ error }] }
}

/** Groq's 401 for a wrong key. */
export function invalidApiKey(): PlainAnswer {
  const body = groqError({
    message: 'Invalid API Key',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  })
  return { kind: 'answer', httpStatus: 401, body }
}

/** Hugging Face's 402 for spent monthly credits. */
export function creditsSpent(): PlainAnswer {
  const error =
    'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get more.'
  return { kind: 'answer', httpStatus: 402, body: { error } }
}

/** 404 for an unknown model. */
export function modelNotFound(model: string): PlainAnswer {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`
  const body = groqError({ message, type: 'invalid_request_error', code: 'model_not_found' })
  return { kind: 'answer', httpStatus: 404, body }
}

/** OpenAI's 429 for an account without money, which waiting does not help. */
export function insufficientQuota(): PlainAnswer {
  const message = 'You exceeded your current quota, please check your plan and billing details.'
  const error = { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' }
  return { kind: 'answer', httpStatus: 429, body: { error } }
}

/** 500, which does not concern a quota. */
export function serverError(): PlainAnswer {
  const error = { message: 'Internal Server Error', type: 'internal_server_error' }
  return { kind: 'answer', httpStatus: 500, body: { error } }
}

const groqUpgrade = 'Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing'

function groqScope(hit: Omit<GroqLimitHit, 'used'> & { readonly used?: number }): string {
  const initials = `${hit.metric === 'requests' ? 'R' : 'T'}P${hit.window === 'day' ? 'D' : 'M'}`
  const used = hit.used === undefined ? '' : ` Used ${hit.used},`
  return (
    `model \`${hit.model}\` in organization \`org_standin\` service tier \`on_demand\` ` +
    `on ${hit.metric} per ${hit.window} (${initials}): Limit ${hit.limit},${used} Requested ${hit.requested}`
  )
}

function groqError(error: {
  readonly message: string
  readonly type: string
  readonly code: string
}): unknown {
  return { error }
}
