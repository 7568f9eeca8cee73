import type { ReasonCode } from '../domain/outcome.js'
import { dollarText, groupedDigits } from './figures.js'
import { metricWord, windowWord } from './measure-words.js'
import { subjectLabel } from './subject-label.js'

/**
 * A reason from a decision, from a stored trace, or of another release, which may omit fields and use unknown codes.
 */
export interface ReasonParts {
  readonly code: string
  /** Null unless a limit is the reason. */
  readonly limitId: string | null
  /** ISO-8601; null if unknown. */
  readonly retryAt: string | null
  readonly subject?: { readonly kind: string; readonly name: string } | undefined
  readonly cause?: string | undefined
  readonly httpStatus?: number | null | undefined
  readonly variable?: string | null | undefined
  readonly metric?: string | undefined
  readonly window?: string | null | undefined
  readonly units?: number | undefined
  readonly max?: number | undefined
}

/**
 * Why a provider does not take a call, as text to follow its name: `requests/day has no room, back at
 * 2026-11-28T00:00:00.000Z`. The same text in logs, answers, the dashboard and the command line.
 *
 * @param instantText formats the instant after `back`; `at` and ISO-8601 by default. Null omits it, if it is shown
 * elsewhere
 */
export function reasonText(
  reason: ReasonParts,
  instantText: ((instant: string) => string) | null = instant => `at ${instant}`,
): string {
  const { code, retryAt, variable } = reason
  const back = retryAt === null || instantText === null ? '' : `, back ${instantText(retryAt)}`
  if (!isKnown(code)) {
    const limit = reason.limitId === null ? '' : ` (${reason.limitId})`
    return `${code.replaceAll('_', ' ')}${limit}${back}`
  }
  switch (code) {
    case 'exhausted':
      return `${limitText(reason)} has no room${back}`
    case 'too_large':
      return sizeText(reason) ?? `the call is larger than the whole limit of ${limitText(reason)}`
    case 'cooling_down':
      return refusalText(reason) ?? `the vendor refuses calls${back}`
    case 'disabled':
      return isOfConsumer(reason) ? `${ownerText(reason)} is disabled` : 'disabled'
    case 'model_not_served':
      return 'does not serve the model'
    case 'model_not_allowed':
      return `${ownerText(reason)} may not call the model`
    case 'provider_not_allowed':
      return isOfConsumer(reason)
        ? `${ownerText(reason)} may not use it`
        : 'serves only the consumers that its settings name'
    case 'price_unknown':
      return `the price is unknown, and ${limitText(reason)} limits cost`
    case 'too_many_users':
      return `${limitText(reason)} has reached its maximum number of users`
    case 'busy':
      return `its quota is locked by another process${back}`
    case 'no_key':
      return variable ? `${variable} is not set` : 'no key is set'
  }
}

/**
 * How much larger than a limit a call is: `the call needs 15,000 characters; the limit is 14,400 a day`. Null without
 * figures, as in traces of earlier releases.
 */
export function sizeText({ limitId, subject, metric, window, units, max }: ReasonParts): string | null {
  if (metric === undefined || units === undefined || max === undefined) return null
  const needed =
    metric === 'cost' ? amountText(metric, units) : `${amountText(metric, units)} ${unitWord(metric, units)}`
  const owner = subject === undefined || subject.kind === 'provider' ? '' : ` of ${subjectLabel(subject)}`
  const id = limitId === null || limitId === `${metric}/${window}` ? '' : ` ${limitId}`
  const per = window == null ? '' : ` ${windowWord(window)}`
  return `the call needs ${needed}; the limit${id}${owner} is ${amountText(metric, max)}${per}`
}

function unitWord(metric: string, units: number): string {
  return metric === 'requests' && units === 1 ? 'request' : metricWord(metric)
}

function amountText(metric: string, units: number): string {
  return metric === 'cost' ? dollarText(units) : groupedDigits(units)
}

function isOfConsumer({ subject }: ReasonParts): boolean {
  return subject?.kind === 'consumer'
}

function ownerText({ subject }: ReasonParts): string {
  return subject === undefined ? 'the consumer' : subjectLabel(subject)
}

/**
 * Whether `retryAt` is no return, but the instant of a trial: one call is sent then, and the key serves again only if its
 * vendor accepts that call.
 */
export function isTrial({ cause }: Pick<ReasonParts, 'cause'>): boolean {
  return cause === 'bad_credential' || cause === 'billing'
}

/**
 * The text of a refusal of the key itself, which no instant ends; null for other causes. It also fits a provider without a
 * key, whose server wants one.
 */
function refusalText({ cause, httpStatus }: ReasonParts): string | null {
  const status = httpStatus == null ? '' : ` (HTTP ${httpStatus})`
  if (cause === 'bad_credential') return `the vendor refuses calls for lack of a valid key${status}: set one`
  if (cause === 'billing') return `the vendor refuses calls for lack of money${status}: check its billing`
  return null
}

function limitText({ limitId, subject }: ReasonParts): string {
  const owner = subject === undefined || subject.kind === 'provider' ? '' : ` of ${subjectLabel(subject)}`
  return `${limitId ?? 'its quota'}${owner}`
}

const known: Readonly<Record<ReasonCode, true>> = {
  exhausted: true,
  too_large: true,
  cooling_down: true,
  disabled: true,
  model_not_served: true,
  model_not_allowed: true,
  provider_not_allowed: true,
  price_unknown: true,
  too_many_users: true,
  busy: true,
  no_key: true,
}

function isKnown(code: string): code is ReasonCode {
  return Object.hasOwn(known, code)
}
