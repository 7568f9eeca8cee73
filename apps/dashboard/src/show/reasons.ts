import { clockTime } from './instants.js'

/** Why a key was not called. */
export interface SkipReason {
  readonly code: string
  /** Null unless a limit is the reason. */
  readonly limitId: string | null
  /** ISO-8601; null where no return is known. */
  readonly retryAt: string | null
  /** What its vendor had against the key, and the status of that; left out for other reasons. */
  readonly cause?: string | undefined
  readonly httpStatus?: number | null | undefined
}

/** A reason as a sentence without its full stop. */
export function reasonText(reason: SkipReason, nowMs: number): string {
  const { code, limitId, retryAt, cause, httpStatus } = reason
  const back = retryAt === null ? '' : `, back ${clockTime(retryAt, nowMs)}`
  const status = httpStatus == null ? '' : ` (HTTP ${httpStatus})`
  switch (code) {
    case 'exhausted':
      return `its limit ${limitId ?? ''} had no room${back}`
    case 'too_large':
      return `the request is larger than its limit ${limitId ?? ''} ever allows`
    case 'cooling_down':
      if (cause === 'bad_credential') return `its vendor did not take its key${status}`
      return cause === 'billing' ? `its account had no money${status}` : `its vendor had refused it${back}`
    case 'disabled':
      return 'it was switched off'
    case 'model_not_served':
      return 'it does not serve this model'
    default:
      return `${code.replaceAll('_', ' ')}${limitId === null ? '' : ` (${limitId})`}${back}`
  }
}
