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
 * that they have none left.
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
  const code = found.code as Code
  const named = isOfConsumer && found.subject.name !== consumer ? 'one above it' : `"${found.subject.name}"`
  const of = `consumer "${consumer}"${found.subject.name === consumer ? '' : `, through ${named},`}`
  switch (code) {
    case 'disabled':
      return refusal(403, 'consumer_disabled', `Calls of ${of} are disabled.`)
    case 'model_not_allowed':
      return refusal(403, 'model_not_allowed', `The ${of} may not call the model "${model}".`, 'model')
    case 'provider_not_allowed':
      return refusal(
        403,
        'provider_not_allowed',
        `The ${of} may not use what serves the model "${model}".`,
        'model',
      )
    case 'price_unknown':
      return null
    case 'too_large':
      return {
        ...refusal(
          413,
          'too_large',
          tooLargeText(
            found,
            of,
            isOfConsumer && (found.subject.name !== consumer || found.metric === 'cost'),
          ),
        ),
        type: 'invalid_request_error',
      }
    case 'too_many_users':
      return refusal(
        403,
        'too_many_users',
        `The limit ${found.limitId} of ${of} counts as many users as it may: no new one can call.`,
      )
    case 'exhausted': {
      const retryAtMs = latest(reasonsOf(reasons ?? [], 'exhausted'))
      const back = retryAtMs === null ? '' : ` It returns at ${new Date(retryAtMs).toISOString()}.`
      const message = `The quota of ${of} is used up: ${found.limitId} has no room for this call.${back}`
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

/** To a consumer's client with the figures of its own limits only: not of ancestors, and not of money. */
function tooLargeText(found: Reason, of: string, isHidden: boolean): string {
  const figures = isHidden ? null : sizeText({ ...found, subject: undefined })
  return figures === null
    ? `The call is larger than the whole limit ${found.limitId} of ${of}.`
    : `For ${of} ${figures}.`
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
