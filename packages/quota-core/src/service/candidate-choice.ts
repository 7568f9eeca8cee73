import { choose, deniedEverywhere, earlierOf } from '../decide/admission/acquire.js'
import { needsModel } from '../decide/admission/admit.js'
import { type AssessedCandidate, assessCandidates } from '../decide/admission/assess-candidates.js'
import { rankCandidates } from '../decide/admission/rank.js'
import { liveProvider } from '../decide/call-counters.js'
import type { Candidate, CandidateCost } from '../domain/command.js'
import type { AcquireAnswer, Skipped } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import { compareText } from '../domain/subject.js'
import type { AcquireRequest } from '../input/quota-input.js'
import type { QuotaStore, Snapshot } from '../store.js'
import { acquireCommand } from './commands.js'
import { executeOne } from './execute-one.js'
import { liveNames } from './live-names.js'

/** Candidates locked at once: only the best few, since the first nearly always has room. */
const candidatesAtOnce = 8

/** What the caller of `explain` knows of candidates. */
export interface KnownOfCandidates {
  /** Providers for which no gateway has a key, each with the variable to set. */
  readonly keyless?: ReadonlyMap<string, string | null>
  /** What the call costs at a vendor; null for what the request states. */
  readonly costAt?: (vendor: string, model: string) => CandidateCost | null
}

/** What is asked of {@link QuotaService.assess}. */
export interface AssessedSteps extends KnownOfCandidates {
  /** Tried in order; the strategy orders the candidates of each. */
  readonly steps: readonly (readonly Candidate[])[]
  /** Priorities to suppose instead of those of the providers. */
  readonly priorities?: ReadonlyMap<string, number> | undefined
}

/** The provider that would be chosen, and why others are skipped. Nothing is reserved. */
export interface Explanation {
  /** Null if every candidate would be skipped. */
  readonly chosen: Candidate | null
  readonly skipped: readonly Skipped[]
  /** ISO-8601. The earliest `retryAt`; null if a provider is chosen or none is known. */
  readonly retryAt: string | null
}

/** Which of several providers takes a call: for one that is made, and for those that only ask. */
export class CandidateChoice {
  readonly #store: QuotaStore
  readonly #newId: () => string
  #turn = 0

  constructor(store: QuotaStore, newId: () => string) {
    this.#store = store
    this.#newId = newId
  }

  /**
   * Few candidates are decided under the locks of all. Many are ranked on an unlocked read; then the best few are
   * locked, and if these are spent meanwhile, the next few.
   * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW
   */
  async acquire(request: AcquireRequest): Promise<AcquireAnswer> {
    const turn = this.#turn++
    const id = request.id ?? this.#newId()
    if (request.candidates !== null && request.candidates.length <= candidatesAtOnce)
      return executeOne(this.#store, acquireCommand(request, { id, candidates: request.candidates, turn }))
    const { state, nowMs } = await this.#snapshotOf(request)
    const ranking = { strategy: request.strategy, turn, asked: request }
    const candidates = rankCandidates(state, candidatesOf(state, request), ranking, nowMs)
    const skipped: Skipped[] = []
    let retryAt: string | null = null
    for (let start = 0; start < candidates.length; start += candidatesAtOnce) {
      const few = candidates.slice(start, start + candidatesAtOnce)
      // The candidates are ranked already; a round robin of the few must begin with the first.
      const turnOfFew = request.strategy === 'round-robin' ? positionOf(few) : turn
      // While other candidates are left, the call does not wait for quota locked by another session.
      const waitsForBusy = start + candidatesAtOnce >= candidates.length
      const made = { id, candidates: few, turn: turnOfFew, waitsForBusy }
      const answer = await executeOne(this.#store, acquireCommand(request, made))
      skipped.push(...answer.skipped)
      if (answer.decision === 'granted') return { ...answer, skipped }
      retryAt = earlierOf(retryAt, answer.retryAt)
    }
    return deniedEverywhere(skipped, retryAt)
  }

  /** @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW */
  async explain(request: AcquireRequest, known: KnownOfCandidates = {}): Promise<Explanation> {
    const { keyless, costAt = () => null } = known
    const { state, nowMs } = await this.#snapshotOf(request)
    const candidates = withCosts(state, candidatesOf(state, request), costAt)
    const choosing = {
      candidates,
      strategy: request.strategy,
      turn: this.#turn,
      ...(keyless === undefined ? {} : { keyless }),
    }
    const { chosen, skipped, retryAt } = choose(state, choosing, request, nowMs)
    if (chosen === null) return { chosen, skipped, retryAt }
    const { provider, model } = chosen.admissionRequest
    return { chosen: { providerName: provider.name, model }, skipped, retryAt: null }
  }

  /**
   * What would be tried for a call, step by step, as of one instant. Nothing is reserved.
   * @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW
   */
  async assess(
    request: Omit<AcquireRequest, 'candidates'>,
    { steps, priorities, keyless, costAt = () => null }: AssessedSteps,
  ): Promise<readonly (readonly AssessedCandidate[])[]> {
    const { state, nowMs } = await this.#snapshotOf({ ...request, candidates: steps.flat() })
    return steps.map(step => {
      const candidates = withCosts(state, step, costAt)
      const choosing = { candidates, strategy: request.strategy, turn: this.#turn, priorities, keyless }
      return assessCandidates(state, choosing, request, nowMs)
    })
  }

  /** Reads the state needed to choose among the candidates. */
  #snapshotOf({ candidates, model, consumer, endUser = '' }: AcquireRequest): Promise<Snapshot> {
    const calls = candidates ?? [{ providerName: null, model }]
    const counters = { calls, consumer, endUser }
    return this.#store.read({ type: 'snapshot', providerNames: namesIn(candidates), counters })
  }
}

/** The candidates with what the call costs there, unless they state it. */
function withCosts(
  state: QuotaState,
  candidates: readonly Candidate[],
  costAt: NonNullable<KnownOfCandidates['costAt']>,
): readonly Candidate[] {
  return candidates.map(candidate => {
    const { vendor } = liveProvider(state, candidate.providerName)
    const cost = candidate.cost ?? costAt(vendor, candidate.model)
    return cost === null ? candidate : { ...candidate, cost }
  })
}

function namesIn(candidates: readonly Candidate[] | null): readonly string[] | null {
  return candidates === null ? null : [...new Set(candidates.map(candidate => candidate.providerName))]
}

/** The requested candidates, or every provider in use that can take a call to the model. */
function candidatesOf(
  state: QuotaState,
  { candidates, model, consumer }: AcquireRequest,
): readonly Candidate[] {
  if (candidates !== null) return candidates
  return liveNames(state)
    .filter(
      providerName =>
        model !== '' || !needsModel(state, state.kinds.ofCall(state, { providerName, consumer })),
    )
    .map(providerName => ({ providerName, model }))
}

/** The turn at which a round robin over these, which sorts by name, begins with the first. */
function positionOf(candidates: readonly Candidate[]): number {
  const first = candidates[0]
  const keys = candidates.map(({ providerName, model }) => `${providerName}\n${model}`).sort(compareText)
  return first === undefined ? 0 : keys.indexOf(`${first.providerName}\n${first.model}`)
}
