import { ApiError } from '../api/api-error.js'
import { resolveModel, type Step } from '../routing/resolve-model.js'
import { earliestReturnMs } from './note.js'
import { apiDown } from './refusal.js'
import { refuseCall } from './refuse-call.js'
import type { RoutedRequest, RouteOutcome, RouteWorld } from './routed-request.js'
import { Trip, type Walked } from './trip.js'

/**
 * Finds a key for a request and makes the call: key by key, vendor by vendor, each attempt with a
 * reservation of its own. What cannot be answered is refused; where quota returns within the configured
 * wait, it is awaited once. Rejects only for a fault of our own.
 */
export async function routeCall(world: RouteWorld, request: RoutedRequest): Promise<RouteOutcome> {
  const trip = new Trip(world, request)
  try {
    return await travel(world, request, trip)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    world.log.warn(
      { err: error, requestId: request.requestId },
      'the API gave no answer: the call is refused',
    )
    return trip.end({ kind: 'refusal', refusal: apiDown(reasonOf(error)) })
  }
}

async function travel(world: RouteWorld, request: RoutedRequest, trip: Trip): Promise<RouteOutcome> {
  const { model, signal } = request
  const steps = await stepsFor(world, model)
  const first = await walkOrRefresh(world, trip, { model, steps })
  const waitMs = first.kind === 'denied' ? msUntilReturn(world, first) : null
  const mayWait = waitMs !== null && waitMs <= world.routing.current().maxWaitMs
  const waitsSinceMs = world.clock()
  const hasWaited = mayWait && (await world.waitingRoom.wait(waitMs, signal))
  if (hasWaited) trip.story.waited(world.clock() - waitsSinceMs)
  const last = hasWaited ? await trip.walk(steps) : first
  if (signal.aborted) return trip.end({ kind: 'gone' })
  return trip.end(last.kind === 'denied' ? { kind: 'refusal', refusal: refuseCall(model, last.notes) } : last)
}

/** Where a provider was removed a moment ago, the way is walked once more without it. @throws ApiError */
async function walkOrRefresh(
  { routing }: RouteWorld,
  trip: Trip,
  { model, steps }: { readonly model: string; readonly steps: readonly Step[] },
): Promise<Walked> {
  try {
    return await trip.walk(steps)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND') throw error
    return await trip.walk(resolveModel(await routing.refresh(), model))
  }
}

/** A name that nobody serves may be one that was configured a moment ago. */
async function stepsFor({ routing }: RouteWorld, model: string): Promise<readonly Step[]> {
  const steps = resolveModel(routing.current(), model)
  return steps.length > 0 ? steps : resolveModel(await routing.refresh(), model)
}

/** Until a key is back that has not refused this request itself. */
function msUntilReturn({ clock }: RouteWorld, { notes }: Extract<Walked, { kind: 'denied' }>): number | null {
  const returnMs = earliestReturnMs(notes.filter(note => note.kind === 'denied'))
  return returnMs === null ? null : returnMs - clock()
}

function reasonOf({ code, message }: ApiError): string {
  return code === 'UNAUTHORIZED' ? 'it wants another token than QUOTA_API_TOKEN' : message
}
