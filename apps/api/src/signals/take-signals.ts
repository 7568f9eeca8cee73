import {
  type AnsweredRequest,
  type Observation,
  type Observed,
  QuotaError,
  type Settled,
} from '@quotakeeper/quota-core'
import type { Context } from '../router/context.js'
import type { CommitWithSignals, ObserveInput } from './commit-input.js'
import { type Called, readAnswer } from './observation.js'
import type { SignalsInput } from './signals-input.js'

type World = Pick<Context, 'service' | 'called' | 'organizations' | 'log'>

/**
 * Settles a call and takes note of what its vendor said of quotas: in one piece where the caller names the
 * provider, otherwise one after the other. What the vendor said never fails a settlement.
 * @throws QuotaError UNKNOWN_RESERVATION, ALREADY_SETTLED, COUNT_OVERFLOW, STORE_UNAVAILABLE
 */
export async function settleWithSignals(
  world: World,
  { request, signals }: CommitWithSignals,
): Promise<Settled> {
  const { service, called, log } = world
  if (signals === undefined) return service.commit(request)
  const nowMs = Date.now()
  const named = signals.providerName
  const provider =
    named === undefined ? null : (called.known(named, nowMs) ?? (await called.find(named, nowMs)))
  if (named !== undefined && provider !== null) {
    const told = observed(
      world,
      { providerName: named, model: null, answerTo: 'call', ...provider },
      signals,
      nowMs,
    )
    return service.settle(request, told)
  }
  const settled = await service.commit(request)
  try {
    const { providerName } = settled.stats
    const found = await called.find(providerName, nowMs)
    if (found === null) return settled
    const told = observed(world, { providerName, model: null, answerTo: 'call', ...found }, signals, nowMs)
    const { stats } = await service.observe(request.reservationId, told)
    return { ...settled, stats }
  } catch (error) {
    log.warn({ err: error }, 'what a vendor said of its quotas could not be noted; its call is settled')
    return settled
  }
}

/**
 * Takes note of what a vendor said of quotas.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_RESERVATION, STORE_UNAVAILABLE
 */
export async function observeSignals(
  world: World,
  { providerName, model, reservationId, answerTo, ...signals }: ObserveInput,
): Promise<Observed> {
  const { service, called } = world
  const nowMs = Date.now()
  const provider = await called.find(providerName, nowMs)
  if (provider === null) {
    throw new QuotaError(
      'UNKNOWN_PROVIDER',
      `there is no provider "${providerName}"; create it with providers.upsert`,
      { field: 'providerName' },
    )
  }
  // Without an attempt a model that is not named is none.
  const calledModel = model ?? (reservationId === undefined ? '' : null)
  const isCall = model !== undefined || reservationId !== undefined
  const answered: AnsweredRequest = answerTo ?? (isCall ? 'call' : 'unknown')
  const asked = { providerName, model: calledModel, answerTo: answered, ...provider }
  const told = observed(world, asked, signals, nowMs)
  return service.observe(reservationId ?? null, told)
}

function observed(
  { organizations }: World,
  called: Called,
  signals: SignalsInput,
  nowMs: number,
): Observation {
  const { observation, organization } = readAnswer(called, signals, nowMs)
  if (organization !== null) organizations.notice({ organization, ...called })
  return observation
}
