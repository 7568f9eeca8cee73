import { uuidV7 } from '@quotakeeper/quota-core/rules'
import { type Reservation, reservationFor } from '../settlement/reservation.js'
import { makeAttempt } from './attempt/make-attempt.js'
import { noRoomForAnswer, overloaded, type Refusal } from './refusal.js'
import { isBack, isUnknownModel, type Rejection, withLeastWait } from './rejection.js'
import { type Acquired, reserveAmong } from './reserve-among.js'
import type { Candidate, Step } from './resolve-model.js'
import type { RouteDeps } from './route-deps.js'
import type { RoutedRequest, RouteOutcome, VendorAnswer } from './routed-request.js'
import { type Reserved, SpareReservation } from './spare-reservation.js'
import { TraceRecorder } from './trace/request-trace.js'

/** Calls that one request may make to vendors. */
const maxAttempts = 10

/** How one pass over the steps ended. */
export type RunResult =
  | { readonly kind: 'answer'; readonly answer: VendorAnswer; readonly providerName: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'gone' }
  /** Nobody has taken it; the rejections say why. */
  | { readonly kind: 'denied'; readonly rejections: readonly Rejection[] }

type Ending = Exclude<RunResult, { kind: 'denied' }>

/** One request while it is routed: what was tried, and what came of it. */
export class RoutingRun {
  readonly #deps: RouteDeps
  readonly #request: RoutedRequest
  readonly #reservation: Reservation
  readonly #deadlineMs: number
  /** What came of the candidates that were called: none is called again before its vendor said that it may be. */
  readonly #tried = new Map<string, Rejection>()
  /** Outlives the call, so that a settlement nearly always comes before it expires. */
  readonly #ttlSeconds: number
  readonly #spare: SpareReservation
  #attemptCount = 0
  readonly trace = new TraceRecorder()

  constructor(deps: RouteDeps, request: RoutedRequest) {
    this.#deps = deps
    this.#request = request
    const isStrict = deps.policy.isStrict || request.isStrict
    this.#reservation = reservationFor(request.asked, { ...deps.policy, isStrict })
    this.#spare = new SpareReservation(deps.log)
    this.#deadlineMs = deps.clock() + deps.timeoutMs
    this.#ttlSeconds = Math.ceil(deps.timeoutMs / 1_000) + 60
  }

  end(ending: Ending): RouteOutcome {
    return { attemptCount: this.#attemptCount, trace: this.trace.recorded, ...ending }
  }

  /** Whether no further call is made for this request. */
  get isOver(): boolean {
    return this.#attemptCount >= maxAttempts || this.#deps.clock() >= this.#deadlineMs
  }

  /** Tries the steps in their order. @throws ApiError */
  async tryAll(steps: readonly Step[]): Promise<RunResult> {
    try {
      return await this.#tryInOrder(steps)
    } finally {
      this.#spare.release()
    }
  }

  async #tryInOrder(steps: readonly Step[]): Promise<RunResult> {
    const rejections: Rejection[] = []
    let isUnknown = false
    for (const [place, step] of steps.entries()) {
      if (step.onlyIfUnknown && !isUnknown) continue
      const result = await this.#take(step, steps.slice(place + 1))
      if (result.kind !== 'denied') return result
      rejections.push(...result.rejections)
      const tried = result.rejections.filter(rejection => rejection.kind !== 'missing')
      isUnknown = tried.length > 0 && tried.every(isUnknownModel)
    }
    return { kind: 'denied', rejections: withoutRepeats(rejections) }
  }

  /** Tries the step's candidates, the one that the API chooses first. */
  async #take(step: Step, later: readonly Step[]): Promise<RunResult> {
    while (true) {
      // Looked at once: what bars a key may end before the others have answered.
      const out = new Map<Candidate, Rejection>()
      for (const candidate of step.candidates) {
        const why = this.#whyOut(candidate)
        if (why !== null) out.set(candidate, why)
      }
      const rest = step.candidates.filter(candidate => !out.has(candidate))
      if (rest.length === 0 || this.isOver) return this.#denied(step, [], out)
      const acquired = this.#spare.take(rest) ?? (await this.#reserveAmong(rest))
      if (acquired.kind === 'full') return { kind: 'refusal', refusal: overloaded(this.#deps.clock()) }
      if (acquired.kind === 'gone') return acquired
      if (acquired.kind === 'denied') return this.#denied(step, acquired.rejections, out)
      const ending = await this.#call(acquired, () => this.#reserveSpare([step, ...later]))
      if (ending !== null) return ending
    }
  }

  /** At one that fails only where no other has room. */
  async #reserveAmong(candidates: readonly Candidate[]): Promise<Acquired> {
    const well = this.#deps.failing.wellOf(candidates, this.#deps.clock())
    const acquired = await this.#reserve(well)
    if (acquired.kind !== 'denied' || well.length === candidates.length) return acquired
    return await this.#reserve(candidates)
  }

  #reserve(candidates: readonly Candidate[]): Promise<Acquired> {
    return reserveAmong(this.#deps, {
      candidates,
      reservation: this.#reservation,
      asked: this.#request.asked,
      requestId: this.#request.requestId,
      consumer: this.#request.consumer,
      endUser: this.#request.endUser,
      ttlSeconds: this.#ttlSeconds,
      newId: () => uuidV7(this.#deps.clock()),
      signal: this.#request.signal,
    })
  }

  async #reserveSpare(steps: readonly Step[]): Promise<boolean> {
    if (this.isOver) return false
    const groups = steps
      .filter(({ onlyIfUnknown }) => !onlyIfUnknown)
      .map(({ candidates }) => candidates.filter(candidate => this.#whyOut(candidate) === null))
      .map(candidates => this.#deps.failing.wellOf(candidates, this.#deps.clock()))
    return await this.#spare.reserve(groups, candidates => this.#reserve(candidates))
  }

  async #call(
    { candidate, granted, slot, price }: Reserved,
    mayGiveUp: () => Promise<boolean>,
  ): Promise<Ending | null> {
    this.#attemptCount++
    const { clock, failing } = this.#deps
    failing.called(candidate, clock())
    const end = this.#deps.underWay.begin(candidate)
    const endCall = this.#spare.begin(candidate)
    const outcome = await makeAttempt(this.#deps, this.#request, {
      candidate,
      granted,
      slot,
      price,
      deadlineMs: this.#deadlineMs,
      ttlSeconds: this.#ttlSeconds,
      mayGiveUp,
    }).finally(() => {
      end()
      endCall()
    })
    this.trace.passedOver(granted.skipped)
    this.trace.attempted(candidate, outcome)
    if (outcome.kind === 'gone') return outcome
    if (outcome.kind === 'noRoom') return { kind: 'refusal', refusal: this.#noRoom() }
    const nowMs = clock()
    if (outcome.kind === 'rejected' && outcome.rejection.kind === 'failed')
      failing.failed(candidate, outcome.rejection.retryAtMs, nowMs)
    else failing.answered(candidate)
    if (outcome.kind === 'answer') return { providerName: candidate.provider.name, ...outcome }
    const rejection = withLeastWait(outcome.rejection, nowMs)
    const { isCountedApart = false } = this.#request.asked
    if (rejection.kind === 'refused' && !rejection.tooLarge && !isCountedApart)
      this.#deps.underWay.refused(candidate, rejection, nowMs)
    this.#tried.set(keyOf(candidate), rejection)
    return null
  }

  #noRoom(): Refusal {
    const { memory } = this.#request
    return noRoomForAnswer(this.#deps.clock(), memory.isInVain)
  }

  /** Why a key is not to be called now; null where it may be. */
  #whyOut(candidate: Candidate): Rejection | null {
    const { barred, clock, underWay } = this.#deps
    const { provider, model } = candidate
    const nowMs = clock()
    const tried = this.#tried.get(keyOf(candidate))
    if (tried !== undefined && !isBack(tried, nowMs)) return tried
    if (barred.isBarred(provider.name, model, nowMs))
      return { kind: 'unknownModel', providerName: provider.name, model }
    const rest = underWay.restOf(candidate, nowMs)
    if (rest !== null && tried === undefined) this.trace.rested(rest)
    return rest
  }

  /** All that is to be said of the step's keys: what they came to, what was denied, what is missing. */
  #denied(step: Step, denials: readonly Rejection[], barred: ReadonlyMap<Candidate, Rejection>): RunResult {
    // Of a key that was asked for once more, the API's word is the newer one.
    const denied = new Set(denials.map(({ providerName }) => providerName))
    const out = step.candidates
      .filter(({ provider }) => !denied.has(provider.name))
      .flatMap(
        (candidate): Rejection | readonly Rejection[] =>
          this.#tried.get(keyOf(candidate)) ?? barred.get(candidate) ?? [],
      )
    const missing = step.missing.map(
      ({ name, reason, lacksEndpoint = false }): Rejection => ({
        kind: 'missing',
        providerName: name,
        reason,
        lacksEndpoint,
      }),
    )
    this.trace.rejected([...denials, ...missing])
    return { kind: 'denied', rejections: [...out, ...denials, ...missing] }
  }
}

function keyOf({ provider, model }: Candidate): string {
  return `${provider.name}/${model}`
}

/** A provider that is missing in several steps is said to be so once. */
function withoutRepeats(rejections: readonly Rejection[]): readonly Rejection[] {
  const seen = new Set<string>()
  return rejections.filter(rejection => {
    if (rejection.kind !== 'missing') return true
    const isNew = !seen.has(rejection.providerName)
    seen.add(rejection.providerName)
    return isNew
  })
}
