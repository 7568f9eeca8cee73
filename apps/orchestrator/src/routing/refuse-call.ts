import { reasonText } from '@quotakeeper/quota-core/rules'
import { modelNotFound, type Refusal } from './refusal.js'
import { describeRefusedKey, refusedKeyIn } from './refused-key.js'
import {
  earliestRecoveryMs,
  earliestReturnMs,
  isOfUnknownPrice,
  isSpentForGood,
  isTooLarge,
  isUnknownAddress,
  isUnknownModel,
  type Rejection,
  refusedKeyOfRejection,
} from './rejection.js'
import type { ServedNames } from './served-names.js'

/** A request that no key answered. */
export interface RefusedCall {
  readonly model: string
  readonly rejections: readonly Rejection[]
  /** Callable names, suggested instead of an unknown model. */
  readonly served: () => ServedNames
  /** Whether its client has a token of a consumer: it learns nothing about keys, providers and vendors. */
  readonly isOfConsumer: boolean
}

/** Most keys listed in a message, for readability and bounded headers and logs. */
const maxListed = 50

const noNames: ServedNames = { nearest: [], others: 0 }

/**
 * The refusal of a request that no key answered, with each key, the reason and its return. 404 if no vendor knows the
 * model or has the endpoint, 502 if a vendor failed (503 if it states when to retry), 429 if a return is known or a key is only out of quota
 * that never returns, 403 if a limit on cost needs a price, 413 if the call fits no key, otherwise 503.
 */
export function refuseCall({ model, rejections, served, isOfConsumer }: RefusedCall): Refusal {
  const details = isOfConsumer ? '' : describeAll(rejections)
  // Names that its own list of models leaves out must not stand here.
  const similar = (): ServedNames => (isOfConsumer ? noNames : served())
  if (rejections.length === 0) return modelNotFound(model, '', similar())
  const tried = rejections.filter(rejection => rejection.kind !== 'missing')
  if (rejections.every(rejection => rejection.kind === 'missing' && rejection.lacksEndpoint === true))
    return endpointNotServed(model, details)
  if (tried.length === 0) {
    return vain({
      httpStatus: 503,
      code: 'no_key',
      message: isOfConsumer
        ? `No calls to "${model}" can be made at present.`
        : `No key is set for "${model}".${details} Enter the key, or set one of them in .env of the gateway.`,
    })
  }
  const knowing = tried.filter(rejection => !isUnknownModel(rejection))
  if (knowing.length === 0) return modelNotFound(model, details, similar())
  if (knowing.every(isUnknownAddress)) return endpointNotServed(model, details)
  if (knowing.some(rejection => rejection.kind === 'failed')) {
    const message = `The call failed.${details}`
    const recoveryMs = earliestRecoveryMs(knowing)
    if (recoveryMs === null) return refusal({ httpStatus: 502, code: 'vendor_failed', message })
    const retryAtMs = Math.min(recoveryMs, earliestReturnMs(knowing) ?? recoveryMs)
    return { ...refusal({ httpStatus: 503, code: 'vendor_failed', message }), retryAtMs }
  }
  const retryAtMs = earliestReturnMs(knowing)
  if (retryAtMs !== null) {
    const earliest = new Date(retryAtMs).toISOString()
    return {
      ...refusal({
        httpStatus: 429,
        code: 'quota_exhausted',
        message: `No key has room for this call.${details} The earliest reset is at ${earliest}.`,
      }),
      type: 'rate_limit_error',
      retryAtMs,
    }
  }
  const unpriced = knowing.filter(isOfUnknownPrice)
  if (unpriced.length > 0) {
    const names = [...new Set(unpriced.map(({ vendor = '*', model: name }) => `"${vendor}/${name}"`))]
    const remedy = isOfConsumer
      ? 'Call another model.'
      : `Set a price under prices: in the configuration for ${names.slice(0, maxListed).join(', ')}; $0 if it is free.`
    return {
      ...refusal({
        httpStatus: 403,
        code: 'price_unknown',
        message: `No price is known for this call, and a limit on cost needs one.${details} ${remedy}`,
      }),
      type: 'permission_error',
    }
  }
  if (knowing.every(isTooLarge)) {
    return {
      ...refusal({
        httpStatus: 413,
        code: 'too_large',
        message: `The call is too large for every key.${details}`,
      }),
      type: 'invalid_request_error',
    }
  }
  if (knowing.some(isSpentForGood)) {
    return {
      ...vain({
        httpStatus: 429,
        code: 'quota_exhausted',
        message: isOfConsumer
          ? 'There is no quota left for this call, and none returns by itself.'
          : `No key has room for this call, and no quota returns by itself.${details} Raise a limit, or grant more of it.`,
      }),
      type: 'rate_limit_error',
    }
  }
  const none: Pick<Refusal, 'httpStatus' | 'code' | 'message'> = {
    httpStatus: 503,
    code: 'no_key_available',
    message: `No key can take this call, and none is known to become available by itself.${details}`,
  }
  return knowing.some(rejection => refusedKeyOfRejection(rejection) !== null) ? vain(none) : refusal(none)
}

function endpointNotServed(model: string, details: string): Refusal {
  const message = `No vendor that serves "${model}" has this endpoint.${details}`
  return vain({ httpStatus: 404, code: 'endpoint_not_served', message })
}

/** Marks retries as useless until somebody acts. */
function vain(given: Pick<Refusal, 'httpStatus' | 'code' | 'message'>): Refusal {
  return { ...refusal(given), isRetryVain: true }
}

function refusal(given: Pick<Refusal, 'httpStatus' | 'code' | 'message'>): Refusal {
  return { ...given, type: 'server_error', param: null, retryAtMs: null }
}

function describeAll(rejections: readonly Rejection[]): string {
  const listed = rejections
    .slice(0, maxListed)
    .map(rejection => ` ${rejection.providerName}: ${describe(rejection)}.`)
  const rest = rejections.length - listed.length
  return listed.join('') + (rest > 0 ? ` And ${rest} more.` : '')
}

function describe(rejection: Rejection): string {
  switch (rejection.kind) {
    case 'denied':
      return describeDenial(rejection)
    case 'refused': {
      const { refusedKey, words } = rejection
      if (refusedKey) return `${describeRefusedKey(refusedKey, rejection)}${quoted(words)}`
      const back = backAt(rejection.retryAtMs)
      return `refused by the vendor with HTTP ${rejection.httpStatus}${back}${quoted(words)}`
    }
    case 'failed':
      return `${rejection.fault}${backAt(rejection.retryAtMs)}${quoted(rejection.words)}`
    case 'unknownModel':
      return `does not know the model "${rejection.model}"`
    case 'missing':
      return rejection.reason
  }
}

function describeDenial(denied: Extract<Rejection, { kind: 'denied' }>): string {
  const { reasons } = denied
  const refusedKey = refusedKeyIn(reasons)
  const rest = refusedKey === null ? reasons : reasons.filter(reason => refusedKeyIn([reason]) === null)
  const own = refusedKey === null ? [] : [describeRefusedKey(refusedKey, denied)]
  return [...own, ...rest.map(reason => reasonText(reason))].join('; ')
}

function backAt(instantMs: number | null): string {
  return instantMs === null ? '' : `, back at ${new Date(instantMs).toISOString()}`
}

/** Quotes the vendor's message. */
function quoted(words: string): string {
  return words === '' ? '' : ` ("${words}")`
}
