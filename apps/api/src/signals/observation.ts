import {
  type AnsweredRequest,
  isWindow,
  type Metric,
  metrics,
  type Observation,
  type QuotaFact,
  type Refusal,
} from '@quotakeeper/quota-core'
import {
  errorStatusOf,
  type LimitSignal,
  type RefusalSignal,
  readSignals,
  type SignalScope,
  vendorFacts,
} from '@quotakeeper/vendors'
import type { SignalsInput } from './signals-input.js'

/** The called provider and model. */
export interface Called {
  readonly providerName: string
  readonly vendor: string
  readonly pool: string | null
  /** Null for the attempt's. */
  readonly model: string | null
  readonly answerTo: AnsweredRequest
}

/** Cool-down of a model that its vendor does not know. */
const unknownModelMs = 3_600_000

/** A longer duration is ignored, since clocks were changed. */
const longestRequestMs = 3_600_000

/** A vendor's answer, read. */
export interface ReadAnswer {
  /** The observation for the engine. */
  readonly observation: Observation
  /** The key's organization, if a refusal names it; null otherwise. */
  readonly organization: string | null
}

/** Reads a vendor's answer; ignores unreadable parts. */
export function readAnswer(called: Called, signals: SignalsInput, nowMs: number): ReadAnswer {
  const receivedAtMs = signals.receivedAt === undefined ? nowMs : Date.parse(signals.receivedAt)
  const sentAtMs = signals.sentAt === undefined ? undefined : Date.parse(signals.sentAt)
  const { httpStatus, headers, body } = signals
  const { vendor, providerName, model, answerTo } = called
  const reported = readSignals({ vendor, httpStatus, headers, body, sentAtMs, receivedAtMs })
  const refusal =
    reported.refusal === null ? null : refusalOf(reported.refusal, called, { httpStatus, receivedAtMs })
  const observation: Observation = {
    providerName,
    model,
    // A list of models has its own limits, if any.
    facts: answerTo === 'models' ? [] : reported.limits.flatMap(limit => factOf(limit, called, receivedAtMs)),
    refusal: refusal === null ? null : { ...refusal, httpStatus },
    keyFingerprint: signals.keyFingerprint ?? null,
    succeeded:
      httpStatus >= 200 && httpStatus < 300 && reported.refusal === null && errorStatusOf(body) === null,
    answerTo,
    receivedAtMs,
    agoMs: Math.min(Math.max(receivedAtMs - (sentAtMs ?? receivedAtMs), 0), longestRequestMs),
  }
  return { observation, organization: reported.refusal?.organization ?? null }
}

/** A limit is a fact only with a known metric, window and remaining units. */
function factOf(signal: LimitSignal, called: Called, receivedAtMs: number): readonly QuotaFact[] {
  const { metric, window, limit, remaining, resetMs } = signal
  if (!isMetric(metric) || window === null || !isWindow(window) || limit === null || remaining === null)
    return []
  const facts = vendorFacts(called.vendor)
  return [
    {
      scope: scopeOf(signal.scope, called),
      metric,
      window,
      max: limit,
      remaining,
      perModel: signal.perModel,
      countsCached: facts?.countsCachedTokens ?? true,
      timeZone: facts?.timeZone ?? 'UTC',
      resetsAtMs: resetMs === null ? null : receivedAtMs + resetMs,
    },
  ]
}

/**
 * Whether the refusal of a list of models also applies to calls: refusals of the key and its account do, and limits
 * only if named. A bare 429 applies to the list only.
 */
function concernsCalls({ kind, metric, window }: RefusalSignal): boolean {
  return kind === 'bad_credential' || kind === 'billing' || (metric !== null && window !== null)
}

/** Null if the key is usable: the request was too large. */
function refusalOf(
  signal: RefusalSignal,
  called: Called,
  { httpStatus, receivedAtMs }: { readonly httpStatus: number; readonly receivedAtMs: number },
): Refusal | null {
  const scope = scopeOf(signal.scope, called)
  const model = signal.models === '*' ? '' : signal.models
  // Without words about the key it may come from a proxy: a short cool-down, reported with its message.
  if (httpStatus === 401 && signal.kind === 'unknown')
    return { scope: 'provider', model: '', kind: 'bad_credential', untilMs: signal.untilMs }
  if (called.answerTo === 'models' && !concernsCalls(signal)) return null
  switch (signal.kind) {
    case 'too_large':
      return null
    case 'unknown_model':
      return { scope: 'provider', model, kind: 'unknown_model', untilMs: receivedAtMs + unknownModelMs }
    case 'billing':
    case 'bad_credential':
    case 'shared_capacity':
      return { scope, model, kind: signal.kind, untilMs: signal.untilMs }
    default:
      return { scope, model, kind: 'rate_limit', untilMs: signal.untilMs }
  }
}

function isMetric(metric: string): metric is Metric {
  return (metrics as readonly string[]).includes(metric)
}

/** A shared limit applies to the provider if it is in no pool. */
function scopeOf(scope: SignalScope, { pool }: Called): SignalScope {
  return pool === null ? 'provider' : scope
}
