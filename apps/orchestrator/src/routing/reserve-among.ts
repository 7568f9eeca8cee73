import type { Price } from '@quotakeeper/vendors/prices'
import { ApiError } from '../api/api-error.js'
import type { AcquireInput } from '../api/quota-api.js'
import { costOf, type PricedRequest } from '../settlement/prices.js'
import type { Reservation } from '../settlement/reservation.js'
import type { Slot } from '../settlement/settle-queue.js'
import type { Granted } from './attempt/attempt.js'
import { subjectsOf } from './quota-subjects.js'
import type { Rejection } from './rejection.js'
import type { Candidate } from './resolve-model.js'
import type { RouteDeps } from './route-deps.js'

/** Most candidates per request to the API. */
const maxCandidates = 100

/** A reservation to request. */
export interface Wanted {
  readonly candidates: readonly Candidate[]
  readonly reservation: Reservation
  /** Which prices apply. */
  readonly asked: PricedRequest
  readonly requestId: string
  readonly consumer: string
  readonly endUser: string
  readonly ttlSeconds: number
  readonly newId: () => string
  readonly signal: AbortSignal
}

/** The result. A grant includes the slot for its settlement. */
export type Acquired =
  | {
      readonly kind: 'granted'
      readonly candidate: Candidate
      readonly granted: Granted
      readonly slot: Slot
      /** Null if none is known. */
      readonly price: Price | null
    }
  | { readonly kind: 'denied'; readonly rejections: readonly Rejection[] }
  | { readonly kind: 'gone' }
  /** No slot for its settlement. */
  | { readonly kind: 'full' }

/** Reserves at the best candidate that has room. @throws ApiError */
export async function reserveAmong(deps: RouteDeps, wanted: Wanted): Promise<Acquired> {
  const { candidates, signal } = wanted
  const rejections: Rejection[] = []
  for (let start = 0; start < candidates.length; start += maxCandidates) {
    const some = candidates.slice(start, start + maxCandidates)
    const prices = await pricesOf(deps, some, wanted)
    const slot = await deps.settlements.slot(signal)
    if (slot === null) return { kind: signal.aborted ? 'gone' : 'full' }
    const answer = await acquireIdlest(deps, { ...wanted, candidates: some }, { slot, prices })
    if (answer.decision === 'denied') {
      slot.leave()
      rejections.push(
        ...answer.skipped.map(
          (skipped): Rejection => ({
            kind: 'denied',
            ...skipped,
            model: skipped.model ?? '',
            ...ownerOf(some, skipped.providerName),
          }),
        ),
      )
      continue
    }
    const release = { kind: 'release', reservationId: answer.reservationId } as const
    const candidate = some.find(
      ({ provider, model }) => provider.name === answer.providerName && model === answer.model,
    )
    if (candidate !== undefined) slot.whenSettled(deps.waitingRoom.hold(subjectsOf(candidate.provider)))
    if (candidate !== undefined && !signal.aborted)
      return { kind: 'granted', candidate, granted: answer, slot, price: prices.get(candidate) ?? null }
    slot.settle(() => release)
    if (candidate === undefined) throw new Error('the API granted a provider that was not requested')
    return { kind: 'gone' }
  }
  return { kind: 'denied', rejections }
}

type Prices = ReadonlyMap<Candidate, Price | null>

async function pricesOf(
  deps: RouteDeps,
  candidates: readonly Candidate[],
  { asked }: Wanted,
): Promise<Prices> {
  const found = await deps.prices.of(candidates, asked, deps.routing.current())
  return new Map(candidates.map((candidate, index) => [candidate, found[index] ?? null]))
}

function ownerOf(
  candidates: readonly Candidate[],
  providerName: string,
): Pick<Extract<Rejection, { kind: 'denied' }>, 'keyVariable' | 'isKeyless' | 'vendor'> {
  const provider = candidates.find(({ provider }) => provider.name === providerName)?.provider
  if (provider === undefined) return { keyVariable: null }
  const { keyVariable, key, vendor } = provider
  return { keyVariable, isKeyless: key === null, vendor }
}

/** Where a reservation is settled, and what it costs at each candidate. */
interface Terms {
  readonly slot: Slot
  readonly prices: Prices
}

/** Counts the likely provider now, so that concurrent requests see it. */
async function acquireIdlest(deps: RouteDeps, wanted: Wanted, terms: Terms) {
  const candidates = deps.underWay.fewestFirst(wanted.candidates, deps.clock())
  const [likely] = candidates
  const end = likely && deps.underWay.begin(likely)
  try {
    return await acquire(deps, { ...wanted, candidates }, terms)
  } finally {
    end?.()
  }
}

async function acquire(deps: RouteDeps, wanted: Wanted, { slot, prices }: Terms) {
  const { candidates, reservation, asked, requestId, consumer, endUser, ttlSeconds, newId } = wanted
  const id = newId()
  const { strategy } = deps.routing.current()
  const input: AcquireInput = {
    id,
    requestId,
    consumer: consumer === '' ? undefined : consumer,
    endUser: endUser === '' ? undefined : endUser,
    ttlSeconds,
    strategy,
    candidates: candidates.map(candidate => ({
      providerName: candidate.provider.name,
      model: candidate.model,
      ...costOf(prices.get(candidate) ?? null, reservation, asked),
    })),
    ...reservation,
  }
  try {
    return await deps.api.acquire(input)
  } catch (error) {
    // The reservation may have been granted although the answer was lost, so it is released.
    const mayBeGranted = !(error instanceof ApiError) || error.mayHaveArrived
    if (mayBeGranted) slot.settle(() => ({ kind: 'release', reservationId: id }))
    else slot.leave()
    throw error
  }
}
