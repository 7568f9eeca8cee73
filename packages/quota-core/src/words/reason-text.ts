import type { ReasonCode } from '../domain/outcome.js'

/**
 * A reason as any program has it: fresh from a decision, kept with a request, or of another release, which may leave
 * fields out and have codes of its own.
 */
export interface ReasonParts {
  readonly code: string
  /** Null unless a limit is the reason. */
  readonly limitId: string | null
  /** ISO-8601; null where no return is known. */
  readonly retryAt: string | null
  readonly subject?: { readonly kind: string; readonly name: string } | undefined
  readonly cause?: string | undefined
  readonly httpStatus?: number | null | undefined
  readonly variable?: string | null | undefined
}

/**
 * Why a key does not take a call, as the rest of a sentence that begins with its name: `requests/day has no room, back
 * at 2026-11-28T00:00:00.000Z`. One text for logs, answers, the page and the command line.
 *
 * @param instantText how an instant is said behind `back`; `at` and ISO-8601 by default. Null leaves it out, where it
 * stands beside
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
      return `the call is larger than the whole limit of ${limitText(reason)}`
    case 'cooling_down':
      return refusalText(reason) ?? `the vendor refuses calls${back}`
    case 'disabled':
      return 'switched off'
    case 'model_not_served':
      return 'does not serve the model'
    case 'busy':
      return `its quota is locked by another process${back}`
    case 'no_key':
      return variable ? `${variable} is not set` : 'no key is set'
  }
}

/** A refusal of the key itself, which ends by no instant; null for another. */
function refusalText({ cause, httpStatus }: ReasonParts): string | null {
  const status = httpStatus == null ? '' : ` (HTTP ${httpStatus})`
  if (cause === 'bad_credential') return `the vendor rejects the key${status}: set another one`
  if (cause === 'billing') return `the vendor refuses calls for lack of money${status}: check its billing`
  return null
}

function limitText({ limitId, subject }: ReasonParts): string {
  const owner =
    subject === undefined || subject.kind === 'provider' ? '' : ` of ${subject.kind} ${subject.name}`
  return `${limitId ?? 'its quota'}${owner}`
}

const known: Readonly<Record<ReasonCode, true>> = {
  exhausted: true,
  too_large: true,
  cooling_down: true,
  disabled: true,
  model_not_served: true,
  busy: true,
  no_key: true,
}

function isKnown(code: string): code is ReasonCode {
  return Object.hasOwn(known, code)
}
