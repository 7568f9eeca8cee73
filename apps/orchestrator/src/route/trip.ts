import { uuidV7 } from '@quotakeeper/quota-core/rules'
import { type Reservation, reservationFor } from '../counting/reservation.js'
import type { Candidate, Step } from '../routing/resolve-model.js'
import { RequestStory } from '../trace/request-story.js'
import { makeAttempt } from './attempt.js'
import { isBack, isUnknownModel, type Note, withLeastWait } from './note.js'
import { noRoomForAnswer, overloaded, type Refusal } from './refusal.js'
import { type Acquired, reserveAmong } from './reserve-among.js'
import type { RoutedRequest, RouteOutcome, RouteWorld, VendorAnswer } from './routed-request.js'

/** Calls that one request may make to vendors. */
const mostAttempts = 10

/** How one way through the steps ended. */
export type Walked =
  | { readonly kind: 'answer'; readonly answer: VendorAnswer; readonly providerName: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'gone' }
  /** Nobody has taken it; the notes say why. */
  | { readonly kind: 'denied'; readonly notes: readonly Note[] }

type Ending = Exclude<Walked, { kind: 'denied' }>

/** One request on its way: what was tried, and what came of it. */
export class Trip {
  readonly #world: RouteWorld
  readonly #request: RoutedRequest
  readonly #promptCharacters: number
  readonly #reservation: Reservation
  readonly #deadlineMs: number
  /** What came of the candidates that were called: none is called again before its vendor said that it may be. */
  readonly #tried = new Map<string, Note>()
  /** Outlives the call, so that a settlement nearly always comes before it expires. */
  readonly #ttlSeconds: number
  #attemptCount = 0
  readonly story = new RequestStory()

  constructor(world: RouteWorld, request: RoutedRequest) {
    const { door, body } = request
    this.#world = world
    this.#request = request
    this.#promptCharacters = door.promptCharacters(body)
    this.#reservation = reservationFor(this.#promptCharacters, door.askedOutput(body), world.policy)
    this.#deadlineMs = world.clock() + world.timeoutMs
    this.#ttlSeconds = Math.ceil(world.timeoutMs / 1_000) + 60
  }

  end(ending: Ending): RouteOutcome {
    return { attemptCount: this.#attemptCount, story: this.story.told, ...ending }
  }

  /** Whether no further call is made for this request. */
  get isOver(): boolean {
    return this.#attemptCount >= mostAttempts || this.#world.clock() >= this.#deadlineMs
  }

  /** Goes through the steps in their order. @throws ApiError */
  async walk(steps: readonly Step[]): Promise<Walked> {
    const notes: Note[] = []
    let isUnknown = false
    for (const step of steps) {
      if (step.onlyIfUnknown && !isUnknown) continue
      const walked = await this.#take(step)
      if (walked.kind !== 'denied') return walked
      notes.push(...walked.notes)
      const tried = walked.notes.filter(note => note.kind !== 'missing')
      isUnknown = tried.length > 0 && tried.every(isUnknownModel)
    }
    return { kind: 'denied', notes: withoutRepeats(notes) }
  }

  /** Tries the step's candidates, the one that the API chooses first. */
  async #take(step: Step): Promise<Walked> {
    while (true) {
      const rest = step.candidates.filter(candidate => !this.#isOut(candidate))
      if (rest.length === 0 || this.isOver) return this.#denied(step, [])
      const acquired = await this.#reserve(rest)
      if (acquired.kind === 'full') return { kind: 'refusal', refusal: overloaded(this.#world.clock()) }
      if (acquired.kind === 'gone') return acquired
      if (acquired.kind === 'denied') return this.#denied(step, acquired.notes)
      const ending = await this.#call(acquired)
      if (ending !== null) return ending
    }
  }

  #reserve(candidates: readonly Candidate[]): Promise<Acquired> {
    return reserveAmong(this.#world, {
      candidates,
      reservation: this.#reservation,
      requestId: this.#request.requestId,
      consumer: this.#request.consumer,
      ttlSeconds: this.#ttlSeconds,
      newId: () => uuidV7(this.#world.clock()),
      signal: this.#request.signal,
    })
  }

  async #call({ candidate, granted, place }: Extract<Acquired, { kind: 'granted' }>): Promise<Ending | null> {
    this.#attemptCount++
    const end = this.#world.underWay.begin(candidate)
    const outcome = await makeAttempt(this.#world, this.#request, {
      candidate,
      granted,
      place,
      promptCharacters: this.#promptCharacters,
      deadlineMs: this.#deadlineMs,
      ttlSeconds: this.#ttlSeconds,
    }).finally(end)
    this.story.passedOver(granted.skipped)
    this.story.attempted(candidate, outcome)
    if (outcome.kind === 'answer') return { providerName: candidate.provider.name, ...outcome }
    if (outcome.kind === 'gone') return outcome
    if (outcome.kind === 'noRoom') return { kind: 'refusal', refusal: this.#noRoom() }
    const nowMs = this.#world.clock()
    const note = withLeastWait(outcome.note, nowMs)
    if (note.kind === 'refused' && !note.tooLarge) this.#world.underWay.refused(candidate, note, nowMs)
    this.#tried.set(keyOf(candidate), note)
    return null
  }

  #noRoom(): Refusal {
    const { memory } = this.#request
    return noRoomForAnswer(this.#world.clock(), memory.isInVain)
  }

  #isOut(candidate: Candidate): boolean {
    return this.#whyOut(candidate) !== null
  }

  /** Why a key is not to be called now; null where it may be. */
  #whyOut(candidate: Candidate): Note | null {
    const { barred, clock, underWay } = this.#world
    const { provider, model } = candidate
    const nowMs = clock()
    const tried = this.#tried.get(keyOf(candidate))
    if (tried !== undefined && !isBack(tried, nowMs)) return tried
    if (barred.isBarred(provider.name, model, nowMs))
      return { kind: 'unknownModel', providerName: provider.name, model }
    const rest = underWay.restOf(candidate, nowMs)
    if (rest !== null && tried === undefined) this.story.rested(rest)
    return rest
  }

  /** All that is to be said of the step's keys: what they came to, what was denied, what is missing. */
  #denied(step: Step, denials: readonly Note[]): Walked {
    // Of a key that was asked for once more, the API's word is the newer one.
    const denied = new Set(denials.map(({ providerName }) => providerName))
    const out = step.candidates
      .filter(({ provider }) => !denied.has(provider.name))
      .flatMap(
        (candidate): Note | readonly Note[] =>
          this.#tried.get(keyOf(candidate)) ?? this.#whyOut(candidate) ?? [],
      )
    const missing = step.missing.map(
      ({ name, reason }): Note => ({ kind: 'missing', providerName: name, reason }),
    )
    this.story.noted([...denials, ...missing])
    return { kind: 'denied', notes: [...out, ...denials, ...missing] }
  }
}

function keyOf({ provider, model }: Candidate): string {
  return `${provider.name}/${model}`
}

/** A provider that is missing in several steps is said to be so once. */
function withoutRepeats(notes: readonly Note[]): readonly Note[] {
  const seen = new Set<string>()
  return notes.filter(note => {
    if (note.kind !== 'missing') return true
    const isNew = !seen.has(note.providerName)
    seen.add(note.providerName)
    return isNew
  })
}
