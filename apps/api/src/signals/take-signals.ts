import {
  type AnsweredRequest,
  type Observation,
  type Observed,
  QuotaError,
  type Settled,
} from '@quotakeeper/quota-core'
import type { Context } from '../router/context.js'
import { type Called, readAnswer } from './observation.js'
import type { CommitWithSignals, ObserveInput, SignalsInput } from './signals-input.js'

type SignalDeps = Pick<Context, 'service' | 'called' | 'organizations' | 'log'>

/**
 * Settles a call and applies its vendor's signals: atomically if the caller names the provider, otherwise one after the
 * other. Signals never fail a settlement.
 * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED, COUNT_OVERFLOW, STORE_UNAVAILABLE
 */
export async function settleWithSignals(
  deps: SignalDeps,
  { request, signals }: CommitWithSignals,
): Promise<Settled> {
  const { service, called, log } = deps
  if (signals === undefined) return service.commit(request)
  const nowMs = Date.now()
  const named = signals.providerName
  const provider =
    named === undefined ? null : (called.known(named, nowMs) ?? (await called.find(named, nowMs)))
  if (named !== undefined && provider !== null) {
    const reported = observed(
      deps,
      { providerName: named, model: null, answerTo: 'call', ...provider },
      signals,
      nowMs,
    )
    return service.settle(request, reported)
  }
  const settled = await service.commit(request)
  try {
    const { providerName } = settled.stats
    const found = await called.find(providerName, nowMs)
    if (found === null) return settled
    const reported = observed(deps, { providerName, model: null, answerTo: 'call', ...found }, signals, nowMs)
    const { stats } = await service.observe(request.reservationId, reported)
    return { ...settled, stats }
  } catch (error) {
    log.warn({ err: error }, 'storing a vendor’s quota signals failed; the call is settled')
    return settled
  }
}

/**
 * Applies a vendor's signals.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_RESERVATION, STORE_UNAVAILABLE
 */
export async function observeSignals(
  deps: SignalDeps,
  { providerName, model, reservationId, answerTo, ...signals }: ObserveInput,
): Promise<Observed> {
  const { service, called } = deps
  const nowMs = Date.now()
  const provider = await called.find(providerName, nowMs)
  if (provider === null) {
    throw new QuotaError(
      'UNKNOWN_PROVIDER',
      `unknown provider "${providerName}"; add it first, or name an existing one`,
      { field: 'providerName' },
    )
  }
  // Without an attempt, an unnamed model means none.
  const calledModel = model ?? (reservationId === undefined ? '' : null)
  const isCall = model !== undefined || reservationId !== undefined
  const answered: AnsweredRequest = answerTo ?? (isCall ? 'call' : 'unknown')
  const asked = { providerName, model: calledModel, answerTo: answered, ...provider }
  const reported = observed(deps, asked, signals, nowMs)
  return service.observe(reservationId ?? null, reported)
}

function observed(
  { organizations }: SignalDeps,
  called: Called,
  signals: SignalsInput,
  nowMs: number,
): Observation {
  const { observation, organization } = readAnswer(called, signals, nowMs)
  if (organization !== null) organizations.notice({ organization, ...called })
  return observation
}
