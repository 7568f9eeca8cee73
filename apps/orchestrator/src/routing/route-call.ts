import { ApiError } from '../api/api-error.js'
import { callerOf } from '../callers/caller.js'
import { type FittingSteps, fittingSteps } from './fitting-steps.js'
import { spentSubjects } from './quota-subjects.js'
import { apiDown } from './refusal.js'
import { refuseCall } from './refuse-call.js'
import { isOfConsumers, refuseConsumer } from './refuse-consumer.js'
import { earliestReturnMs, type Rejection } from './rejection.js'
import { resolveModel, type Step } from './resolve-model.js'
import type { RouteDeps } from './route-deps.js'
import type { RoutedRequest, RouteOutcome } from './routed-request.js'
import { RoutingRun, type RunResult } from './routing-run.js'
import { type ServedNames, servedNames } from './served-names.js'
import type { Wait } from './waiting-room.js'

/** Tries of one request, however often it is woken. */
const maxRounds = 50

/** What a request names, and what that stands for. */
interface Destination {
  readonly request: Pick<RoutedRequest, 'asked' | 'tokenConsumer' | 'consumer'>
  readonly steps: readonly Step[]
}

/**
 * Finds a key for a request and makes the call: key by key, vendor by vendor, each attempt with a
 * reservation of its own. What cannot be answered is refused; where quota may return within the configured
 * wait, it is awaited. Rejects only for a fault of our own.
 */
export async function routeCall(
  deps: RouteDeps,
  request: Omit<RoutedRequest, 'isStrict'>,
): Promise<RouteOutcome> {
  const { requestId } = request
  let run = new RoutingRun(deps, { ...request, isStrict: false })
  try {
    const settings = await deps.consumers.of(request.consumer)
    const known: RoutedRequest = { ...request, isStrict: settings?.isStrict === true }
    run = new RoutingRun(deps, known)
    return await routeWithin(deps, known, run)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    deps.log.warn({ err: error, requestId }, 'the API did not answer: the call is refused')
    const isOfConsumer = request.tokenConsumer !== null
    return run.end({ kind: 'refusal', refusal: apiDown(isOfConsumer ? null : reasonOf(error)) })
  }
}

async function routeWithin(deps: RouteDeps, request: RoutedRequest, run: RoutingRun): Promise<RouteOutcome> {
  const { asked, signal } = request
  const { model } = asked
  const fitting = await stepsFor(deps, request)
  if (fitting.kind === 'refusal') return run.end(fitting)
  const result = await tryPatiently(deps, run, { request, steps: fitting.steps, signal })
  if (signal.aborted) return run.end({ kind: 'gone' })
  if (result.kind !== 'denied') return run.end(result)
  const served = (): ServedNames => servedNames(deps.routing.current(), model)
  const { consumer, tokenConsumer } = request
  const isOfConsumer = tokenConsumer !== null
  const refused = { model, rejections: result.rejections, served, isOfConsumer }
  const refusal = refuseConsumer({ ...refused, consumer }) ?? refuseCall(refused)
  return run.end({ kind: 'refusal', refusal })
}

/**
 * Tries the candidates, and again where that is worth while: when a key's return is due, and when a call of this
 * process has been settled, by which what it held and did not use is back. Up to the configured wait.
 */
async function tryPatiently(
  deps: RouteDeps,
  run: RoutingRun,
  { request, steps, signal }: Destination & { readonly signal: AbortSignal },
): Promise<RunResult> {
  const sinceMs = deps.clock()
  const untilMs = sinceMs + deps.routing.current().maxWaitMs
  const turn = deps.waitingRoom.takeTurn()
  const caller = callerOf(request)
  let result = await tryOrRefresh(deps, run, { request, steps })
  for (let rounds = 1; rounds < maxRounds && result.kind === 'denied' && !run.isOver; rounds++) {
    const wait = worthWaiting(deps, result.rejections, untilMs)
    if (wait === null || !(await deps.waitingRoom.wait({ ...wait, turn, caller, signal }))) break
    result = await run.tryAll(steps)
    run.trace.waitedUntil(sinceMs, deps.clock())
  }
  return result
}

/** Where a provider was removed a moment ago, the candidates are tried once more without it. @throws ApiError */
async function tryOrRefresh(
  { routing, makers }: RouteDeps,
  run: RoutingRun,
  { request, steps }: Destination,
): Promise<RunResult> {
  try {
    return await run.tryAll(steps)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND') throw error
    const fitting = fittingSteps(resolveModel(await routing.refresh(), request.asked.model), request, makers)
    return fitting.kind === 'refusal' ? fitting : await run.tryAll(fitting.steps)
  }
}

/** A name that nobody serves may be one that was configured a moment ago. */
async function stepsFor(
  { routing, makers }: RouteDeps,
  request: Destination['request'],
): Promise<FittingSteps> {
  const { asked } = request
  const steps = resolveModel(routing.current(), asked.model)
  const known = steps.length > 0 ? steps : resolveModel(await routing.refresh(), asked.model)
  return fittingSteps(known, request, makers)
}

/** What to wait for until the next try; null where nothing is to be expected in time. */
function worthWaiting(
  { clock, waitingRoom }: RouteDeps,
  rejections: readonly Rejection[],
  untilMs: number,
): Pick<Wait, 'forMs' | 'atMostMs' | 'subjects'> | null {
  const atMostMs = untilMs - clock()
  // A consumer's own limits are not waited for: its client learns at once when they return.
  if (atMostMs <= 0 || isOfConsumers(rejections)) return null
  const subjects = spentSubjects(rejections)
  const returnMs = earliestReturnMs(rejections)
  if (returnMs !== null && returnMs - clock() <= atMostMs)
    return { forMs: returnMs - clock(), atMostMs, subjects }
  return waitingRoom.holdsOf(subjects) ? { forMs: null, atMostMs, subjects } : null
}

function reasonOf({ code, message }: ApiError): string {
  return code === 'UNAUTHORIZED' ? 'it rejects QUOTA_API_TOKEN' : message
}
