import { ApiError } from '../api/api-error.js'
import { spentSubjects } from './quota-subjects.js'
import { apiDown } from './refusal.js'
import { refuseCall } from './refuse-call.js'
import { earliestReturnMs, type Note } from './rejection.js'
import { resolveModel, type Step } from './resolve-model.js'
import type { RoutedRequest, RouteOutcome, RouteWorld } from './routed-request.js'
import { Trip, type Walked } from './routing-run.js'
import { type ServedNames, servedNames } from './served-names.js'
import type { Wait } from './waiting-room.js'

/** Tries of one request, however often it is woken. */
const mostWalks = 50

/** What a request names, and what that stands for. */
interface Way {
  readonly model: string
  readonly steps: readonly Step[]
}

/**
 * Finds a key for a request and makes the call: key by key, vendor by vendor, each attempt with a
 * reservation of its own. What cannot be answered is refused; where quota may return within the configured
 * wait, it is awaited. Rejects only for a fault of our own.
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
  const walked = await walkPatiently(world, trip, { model, steps, signal })
  if (signal.aborted) return trip.end({ kind: 'gone' })
  if (walked.kind !== 'denied') return trip.end(walked)
  const served = (): ServedNames => servedNames(world.routing.current(), model)
  return trip.end({ kind: 'refusal', refusal: refuseCall(model, walked.notes, served) })
}

/**
 * Walks the way, and again where that is worth while: when a key's return is due, and when a call of this
 * process has been settled, by which what it held and did not use is back. Up to the configured wait.
 */
async function walkPatiently(
  world: RouteWorld,
  trip: Trip,
  { model, steps, signal }: Way & { readonly signal: AbortSignal },
): Promise<Walked> {
  const sinceMs = world.clock()
  const untilMs = sinceMs + world.routing.current().maxWaitMs
  const turn = world.waitingRoom.takeTurn()
  let walked = await walkOrRefresh(world, trip, { model, steps })
  for (let walks = 1; walks < mostWalks && walked.kind === 'denied' && !trip.isOver; walks++) {
    const wait = worthWaiting(world, walked.notes, untilMs)
    if (wait === null || !(await world.waitingRoom.wait({ ...wait, turn, signal }))) break
    walked = await trip.walk(steps)
    trip.story.waitedUntil(sinceMs, world.clock())
  }
  return walked
}

/** Where a provider was removed a moment ago, the way is walked once more without it. @throws ApiError */
async function walkOrRefresh({ routing }: RouteWorld, trip: Trip, { model, steps }: Way): Promise<Walked> {
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

/** What to wait for until the next try; null where nothing is to be expected in time. */
function worthWaiting(
  { clock, waitingRoom }: RouteWorld,
  notes: readonly Note[],
  untilMs: number,
): Pick<Wait, 'forMs' | 'atMostMs' | 'subjects'> | null {
  const atMostMs = untilMs - clock()
  if (atMostMs <= 0) return null
  const subjects = spentSubjects(notes)
  const returnMs = earliestReturnMs(notes)
  if (returnMs !== null && returnMs - clock() <= atMostMs)
    return { forMs: returnMs - clock(), atMostMs, subjects }
  return waitingRoom.holdsOf(subjects) ? { forMs: null, atMostMs, subjects } : null
}

function reasonOf({ code, message }: ApiError): string {
  return code === 'UNAUTHORIZED' ? 'it wants another token than QUOTA_API_TOKEN' : message
}
