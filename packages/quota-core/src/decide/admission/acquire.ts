import type { CallRequest } from '../../domain/call-request.js'
import type { AcquireCommand, Candidate } from '../../domain/command.js'
import type { AcquireAnswer, Denied, Reason, Skipped } from '../../domain/outcome.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { liveProvider } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { openCandidates } from '../needs/open-candidates.js'
import { type Admission, type AdmissionRequest, admit } from './admit.js'
import { skippedBusy } from './busy.js'
import { type AskedCosting, costingAt } from './money.js'
import { type Ranking, rankCandidates } from './rank.js'
import { grant, grantedBefore } from './reserve.js'

/**
 * Decides a reservation at the best candidate that has room. The answer lists each candidate skipped before it, with
 * the reasons.
 * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED, INVALID_INPUT, COUNT_OVERFLOW
 */
export function decideAcquire(state: QuotaState, command: AcquireCommand, nowMs: number): Decision {
  const repeated = grantedBefore(state, command, nowMs)
  if (repeated !== undefined) return answerOnly(() => ({ ...repeated, skipped: [] }))
  const choice = choose(state, command, command, nowMs)
  if (choice.chosen === null) {
    const { skipped, retryAt, awaits } = choice
    return { ...answerOnly(() => deniedEverywhere(skipped, retryAt)), awaits }
  }
  const { admissionRequest, admission } = choice.chosen
  const { changes, granted } = grant(state, command, admissionRequest, admission, nowMs)
  const answer: AcquireAnswer = { skipped: choice.skipped, ...granted }
  return { changes, answer: () => answer }
}

/** The denial when every candidate was skipped. */
export function deniedEverywhere(
  skipped: readonly Skipped[],
  retryAt: string | null,
): Denied & { readonly skipped: readonly Skipped[] } {
  return { decision: 'denied', reasons: skipped.flatMap(candidate => candidate.reasons), retryAt, skipped }
}

/** The earlier of two ISO-8601 instants; null means never. */
export function earlierOf(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right
  return left < right ? left : right
}

/** Input of {@link choose}. */
export interface Choosing extends Omit<Ranking, 'asked'> {
  readonly candidates: readonly Candidate[]
  /** Providers for which no gateway has a key, each with the variable to set (null if unknown). They are skipped. */
  readonly keyless?: ReadonlyMap<string, string | null> | undefined
  /** See {@link AcquireCommand}. */
  readonly busy?: AcquireCommand['busy'] | undefined
}

/** The first candidate that can take the call, and the candidates skipped before it. */
export interface Choice {
  readonly chosen: {
    readonly admissionRequest: AdmissionRequest
    readonly admission: Extract<Admission, { granted: true }>
  } | null
  readonly skipped: readonly Skipped[]
  /** ISO-8601. The earliest `retryAt` of the skipped candidates; null if none is known. */
  readonly retryAt: string | null
  /** Subjects with due attempts; expiring these may make room at a skipped candidate. */
  readonly awaits: readonly SubjectRef[]
}

/**
 * Chooses among candidates without reserving anything.
 * @throws QuotaError UNKNOWN_PROVIDER, INVALID_INPUT, COUNT_OVERFLOW
 */
export function choose(
  state: QuotaState,
  choosing: Choosing,
  asked: AskedCosting & Pick<CallRequest, 'consumer' | 'endUser'>,
  nowMs: number,
): Choice {
  const { keyless } = choosing
  const busy = skippedBusy(choosing, nowMs)
  const skipped: Skipped[] = []
  const awaits: SubjectRef[] = []
  let retryAt: string | null = busy[0]?.reasons[0]?.retryAt ?? null
  const { consumer, endUser = '' } = asked
  const ranking = { strategy: choosing.strategy, turn: choosing.turn, asked }
  for (const candidate of rankCandidates(state, openCandidates(choosing), ranking, nowMs)) {
    const admissionRequest: AdmissionRequest = {
      provider: liveProvider(state, candidate.providerName),
      model: candidate.model,
      consumer,
      endUser,
      ...costingAt(candidate, asked),
    }
    const admission = admit(state, admissionRequest, nowMs)
    const noKey = keyless === undefined ? null : noKeyReason(candidate.providerName, keyless)
    if (admission.granted && noKey === null)
      return { chosen: { admissionRequest, admission }, skipped: [...skipped, ...busy], retryAt, awaits }
    if (noKey === null && !admission.granted) {
      retryAt = earlierOf(retryAt, admission.retryAt)
      awaits.push(...admission.awaits)
    }
    skipped.push({
      providerName: candidate.providerName,
      model: candidate.model === '' ? null : candidate.model,
      reasons: [...(noKey === null ? [] : [noKey]), ...(admission.granted ? [] : admission.reasons)],
    })
  }
  return { chosen: null, skipped: [...skipped, ...busy], retryAt, awaits }
}

function noKeyReason(name: string, keyless: ReadonlyMap<string, string | null>): Reason | null {
  const variable = keyless.get(name)
  if (variable === undefined) return null
  return { subject: providerRef(name), limitId: null, code: 'no_key', retryAt: null, variable }
}
