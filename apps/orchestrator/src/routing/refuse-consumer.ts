import { sizeText } from '@quotakeeper/quota-core/rules'
import type { Reason } from '../api/quota-api.js'
import type { GatewayCode } from '../endpoints/gateway-code.js'
import type { Refusal } from './refusal.js'
import type { RefusedCall } from './refuse-call.js'
import type { Rejection } from './rejection.js'

/** A request for a consumer that no key answered. */
export type RefusedConsumer = RefusedCall & { readonly consumer: string }

/** What bars a call because of its consumer, the most lasting first. */
const codes = [
  'disabled',
  'model_not_allowed',
  'too_large',
  'too_many_users',
  'price_unknown',
  'exhausted',
  'provider_not_allowed',
] as const

type Code = (typeof codes)[number]

/**
 * The refusal of a call that its consumer's settings or limits deny at every provider that was asked for; null if they
 * are not the reason. The client learns at once which limit of its own it is, and when it returns; of ancestors only
 * that one of them refuses, and when it returns.
 */
export function refuseConsumer({
  model,
  rejections,
  consumer,
  isOfConsumer,
}: RefusedConsumer): Refusal | null {
  const reasons = consumerReasons(rejections)
  const found = reasons && codes.flatMap(code => reasonsOf(reasons, code)).at(0)
  if (!found) return null
  const { limitId, subject } = found
  const code = found.code as Code
  const isOwn = subject.name === consumer
  const isHidden = isOfConsumer && !isOwn
  const owner = isHidden ? 'a consumer above it' : `consumer "${subject.name}"`
  const setting = isOwn ? '' : `, by a setting of ${owner}`
  const limit = isHidden ? `a limit of ${owner}` : `${limitId} of ${owner}`
  const called = `consumer "${consumer}"`
  switch (code) {
    case 'disabled':
      return refusal(403, 'consumer_disabled', `Calls for ${called} are disabled${setting}.`)
    case 'model_not_allowed': {
      const message = `Calls for ${called} to the model "${model}" are not allowed${setting}.`
      return refusal(403, 'model_not_allowed', message, 'model')
    }
    case 'provider_not_allowed': {
      const message = `Calls for ${called} to the providers of the model "${model}" are not allowed${setting}.`
      return refusal(403, 'provider_not_allowed', message, 'model')
    }
    case 'price_unknown':
      return null
    case 'too_large': {
      // Clients of consumers learn no figures of ancestors, and none of money.
      const figures = isHidden || (isOfConsumer && found.metric === 'cost') ? null : sizeOf(found)
      const message =
        figures === null
          ? `The call for ${called} is larger than the whole of ${limit}.`
          : `${isOwn ? `For ${called}` : `For ${called}, by ${limit},`} ${figures}.`
      return { ...refusal(413, 'too_large', message), type: 'invalid_request_error' }
    }
    case 'too_many_users': {
      const message = `The end user of the call for ${called} is new, and ${limit} already counts as many end users as it may.`
      return refusal(403, 'too_many_users', message)
    }
    case 'exhausted': {
      const retryAtMs = latest(reasonsOf(reasons ?? [], 'exhausted'))
      const back = retryAtMs === null ? '' : ` It returns at ${new Date(retryAtMs).toISOString()}.`
      const message = `The quota of ${called} is used up: ${isOwn ? limitId : limit} has no room for this call.${back}`
      return {
        ...refusal(429, 'consumer_quota_exhausted', message),
        type: 'rate_limit_error',
        retryAtMs,
        ...(retryAtMs === null && { isRetryVain: true }),
      }
    }
  }
}

/** Whether consumers' settings or limits deny the call wherever it was asked for. */
export function isOfConsumers(rejections: readonly Rejection[]): boolean {
  return consumerReasons(rejections) !== null
}

/** The reasons of consumers, if each provider that was asked for is denied by some; null otherwise. */
function consumerReasons(rejections: readonly Rejection[]): readonly Reason[] | null {
  const denied = rejections.filter(({ kind }) => kind !== 'missing' && kind !== 'unknownModel')
  if (denied.length === 0) return null
  const all: Reason[] = []
  for (const rejection of denied) {
    const own = rejection.kind === 'denied' ? rejection.reasons.filter(isOfConsumer) : []
    if (own.length === 0) return null
    all.push(...own)
  }
  return all
}

function isOfConsumer({ subject }: Reason): boolean {
  return subject.kind === 'consumer'
}

/** The size of the call and of the limit, without the limit's owner; null if they are not known. */
function sizeOf(found: Reason): string | null {
  return sizeText({ ...found, subject: undefined })
}

function reasonsOf(reasons: readonly Reason[], code: Code): readonly Reason[] {
  return reasons.filter(reason => reason.code === code)
}

/** When all of them have returned; null if one never does. */
function latest(reasons: readonly Reason[]): number | null {
  let latestMs = 0
  for (const { retryAt } of reasons) {
    if (retryAt === null) return null
    latestMs = Math.max(latestMs, Date.parse(retryAt))
  }
  return latestMs
}

function refusal(
  httpStatus: number,
  code: GatewayCode,
  message: string,
  param: string | null = null,
): Refusal {
  return { httpStatus, code, message, param, type: 'permission_error', retryAtMs: null }
}
