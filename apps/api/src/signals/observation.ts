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

/** Who was called, and for which model. */
export interface Called {
  readonly providerName: string
  readonly vendor: string
  readonly pool: string | null
  /** Null for that of the attempt. */
  readonly model: string | null
  readonly answerTo: AnsweredRequest
}

/** How long a model is left alone that its vendor says not to know. */
const unknownModelMs = 3_600_000

/** A request that took longer tells nothing of when it left: clocks have been set. */
const longestRequestMs = 3_600_000

/** What a vendor's answer says. */
export interface ReadAnswer {
  /** In the engine's words. */
  readonly observation: Observation
  /** Whose the key is, as far as a refusal names it; null otherwise. */
  readonly organization: string | null
}

/** Reads what a vendor has answered. Whatever cannot be read says nothing. */
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
    // A list of models has limits of its own, where it has any.
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

/** A limit says something only where it is known what it measures, over which window, and what is left. */
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
 * Whether the refusal of a list of models holds for calls, too: what is said of the key and its account does, and of
 * a limit only what names it. A bare 429 is the list's own.
 */
function concernsCalls({ kind, metric, window }: RefusalSignal): boolean {
  return kind === 'bad_credential' || kind === 'billing' || (metric !== null && window !== null)
}

/** Null where the key is fine: the request was too large for it. */
function refusalOf(
  signal: RefusalSignal,
  called: Called,
  { httpStatus, receivedAtMs }: { readonly httpStatus: number; readonly receivedAtMs: number },
): Refusal | null {
  const scope = scopeOf(signal.scope, called)
  const model = signal.models === '*' ? '' : signal.models
  // Without a word of the key it may be a proxy's: believed for a moment, and told for what it says.
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

/** What is shared by the keys of a holder is the key's own matter where no pool is known. */
function scopeOf(scope: SignalScope, { pool }: Called): SignalScope {
  return pool === null ? 'provider' : scope
}
