import type { Reason, RequestTrace } from '../../api/quota-api.js'
import type { AttemptOutcome } from '../attempt/attempt.js'
import type { Rejection } from '../rejection.js'
import type { Candidate } from '../resolve-model.js'
import type { RouteDeps } from '../route-deps.js'
import type { RouteOutcome } from '../routed-request.js'
import type { RoutingTrace } from './routing-trace.js'

type AttemptTrace = RequestTrace['attempts'][number]
type SkipTrace = RequestTrace['skipped'][number]

/** Most entries of a trace. */
const maxEntries = 100
const longestEnding = 200

/** A key skipped by the API. */
interface PassedOver {
  readonly providerName: string
  /** Null for a call without a model. */
  readonly model: string | null
  readonly reasons: readonly Reason[]
}

/** Records how a request is routed, step by step. */
export class TraceRecorder {
  readonly #attempts: AttemptTrace[] = []
  /** The last reason per key. */
  readonly #skipped = new Map<string, SkipTrace>()
  #waitedMs = 0

  attempted({ provider, model }: Candidate, outcome: AttemptOutcome): void {
    if (this.#attempts.length >= maxEntries) return
    this.#attempts.push({ providerName: provider.name, model, ...endingOf(outcome) })
  }

  /** Records keys skipped by the API before the granted one. */
  passedOver(skipped: readonly PassedOver[]): void {
    for (const { providerName, model, reasons } of skipped) {
      this.#skip({ providerName, model: model ?? '', reasons: reasons.map(reasonOf) })
    }
  }

  /** Records a key skipped because its vendor has just refused other calls. */
  rested(rejection: Rejection): void {
    if (rejection.kind !== 'refused' || rejection.retryAtMs === null) return
    const retryAt = new Date(rejection.retryAtMs).toISOString()
    this.#skip({
      providerName: rejection.providerName,
      model: rejection.model,
      reasons: [{ code: 'cooling_down', limitId: null, retryAt }],
    })
  }

  /** Records keys that were not called, with reasons. */
  rejected(rejections: readonly Rejection[]): void {
    for (const rejection of rejections) {
      if (rejection.kind === 'denied') this.passedOver([rejection])
      if (rejection.kind !== 'missing') continue
      const reasons = [{ code: 'missing', limitId: null, retryAt: null }]
      this.#skip({ providerName: rejection.providerName, model: '', reasons })
    }
  }

  waitedUntil(sinceMs: number, nowMs: number): void {
    this.#waitedMs = Math.max(0, Math.round(nowMs - sinceMs))
  }

  get recorded(): RoutingTrace {
    return { attempts: this.#attempts, skipped: [...this.#skipped.values()], waitedMs: this.#waitedMs }
  }

  #skip(skip: SkipTrace): void {
    const key = `${skip.providerName}/${skip.model}`
    if (this.#skipped.size < maxEntries || this.#skipped.has(key)) this.#skipped.set(key, skip)
  }
}

function reasonOf(reason: Reason): SkipTrace['reasons'][number] {
  const { code, limitId, retryAt, cause, httpStatus, metric, window, units, max } = reason
  return {
    ...{ code, limitId, retryAt },
    // An API of the previous release neither returns nor accepts a cause, or figures.
    ...(cause === undefined ? {} : { cause, httpStatus }),
    ...(units === undefined ? {} : { metric, window, units, max }),
  }
}

function endingOf(outcome: AttemptOutcome): Pick<AttemptTrace, 'httpStatus' | 'ending'> {
  switch (outcome.kind) {
    case 'answer':
      return { httpStatus: outcome.answer.httpStatus, ending: 'answered' }
    case 'gone':
      return { httpStatus: null, ending: 'aborted' }
    case 'noRoom':
      return { httpStatus: null, ending: 'no memory for its answer' }
    case 'rejected':
      return endingOfRejection(outcome.rejection)
  }
}

function endingOfRejection(rejection: Rejection): Pick<AttemptTrace, 'httpStatus' | 'ending'> {
  switch (rejection.kind) {
    case 'refused':
      return { httpStatus: rejection.httpStatus, ending: rejection.tooLarge ? 'too large' : 'refused' }
    case 'failed':
      return { httpStatus: null, ending: rejection.fault.slice(0, longestEnding) }
    case 'unknownModel':
      return { httpStatus: null, ending: 'unknown model' }
    default:
      return { httpStatus: null, ending: rejection.kind }
  }
}

/** A request that was routed. */
interface Routed {
  readonly requestId: string
  readonly model: string
  /** '' for nobody named. */
  readonly consumer: string
  readonly isStream: boolean
  readonly cameAtMs: number
  readonly outcome: RouteOutcome
  readonly deps: Pick<RouteDeps, 'clock' | 'routing'>
}

/** The trace of a routed request, without its content or answer. */
export function traceOf({
  requestId,
  model,
  consumer,
  isStream,
  cameAtMs,
  outcome,
  deps,
}: Routed): RequestTrace {
  return {
    requestId,
    at: new Date(cameAtMs).toISOString(),
    model,
    ...(consumer === '' ? {} : { consumer }),
    strategy: deps.routing.current().strategy,
    isStream,
    durationMs: Math.max(0, Math.round(deps.clock() - cameAtMs)),
    ...outcome.trace,
    ...endOf(outcome),
  }
}

function endOf(
  outcome: RouteOutcome,
): Pick<RequestTrace, 'outcome' | 'httpStatus' | 'code' | 'providerName'> {
  switch (outcome.kind) {
    case 'answer': {
      const { answer, providerName } = outcome
      return { outcome: 'answered', httpStatus: answer.httpStatus, code: '', providerName }
    }
    case 'refusal': {
      const { httpStatus, code } = outcome.refusal
      return { outcome: 'refused', httpStatus, code, providerName: '' }
    }
    case 'gone':
      return { outcome: 'aborted', httpStatus: null, code: '', providerName: '' }
  }
}
