import { type Attempt, calledModel } from '../../domain/attempt.js'
import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { ObserveCommand, QuotaFact } from '../../domain/command.js'
import { type CoolDown, kindsOfKey } from '../../domain/cool-down.js'
import { observe } from '../../domain/counter.js'
import { farthestMs } from '../../domain/instant.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { isRolling } from '../../domain/window.js'
import { trialAtMs } from '../admission/trial.js'
import { type Call, countersOfCall, knownProvider } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { alertOfRefusal, keepReported } from '../limits/alerts.js'
import { isReported, limitUpdateOf, smallestFacts, turnsWithVendor } from '../limits/learnable-limits.js'
import { believedAnswer } from './believed-answer.js'
import { isOfSameKind, refusalsOf, type SubjectRefusal } from './refusals.js'
import { disproves, type Success } from './success.js'

/**
 * Applies a vendor's answer: reported usage raises our counters within the window, a refusal starts a cool-down, a
 * success ends older cool-downs.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_RESERVATION
 */
export function decideObserve(state: QuotaState, reported: ObserveCommand, nowMs: number): Decision {
  const command = believedAnswer(reported, nowMs)
  const provider = knownProvider(state, command.providerName)
  const attempt = attemptOf(state, command)
  const model = command.model ?? (attempt && calledModel(attempt)) ?? ''
  const instants: Instants = { sinceMs: attempt?.occurredAtMs ?? nowMs - (command.agoMs ?? 0), nowMs }
  const isReserved = attempt !== undefined
  const { keyFingerprint = null } = command
  const call = { subjects: subjectsOfProvider(state, provider.name), model }
  const facts = smallestFacts(command.facts)
  const noticed = noticedFacts(state, call, facts, instants)
  const changes: Change[] = [...noticed.changes]
  const refusals = refusalsOf(
    state,
    { ...call, providerName: provider.name, refusal: command.refusal, facts },
    nowMs,
  )
  for (const refusal of refusals) {
    const { coolDown, isNew } = coolDownOf(state, refusal, { keyFingerprint, isReserved, ...instants })
    changes.push(
      ...crowdedOut(state, coolDown),
      { table: 'coolDown', row: coolDown },
      ...(isNew ? alertOfRefusal(coolDown, nowMs) : []),
    )
  }
  if (command.refusal === null && command.succeeded) {
    const { answerTo = 'call' } = command
    const success: Success = { answerTo, model, keyFingerprint, sinceMs: instants.sinceMs }
    changes.push(...endedCoolDowns(state, call, success, refusals))
  }
  const changed = noticed.raised || changes.length > noticed.changes.length
  const limitUpdate = limitUpdateOf(state, { providerName: provider.name, facts, ...call }, nowMs)
  return { changes, answer: after => ({ changed, limitUpdate, stats: after.stats(provider.name, model) }) }
}

interface Instants {
  /** When the answered call was reserved. */
  readonly sinceMs: number
  readonly nowMs: number
}

/** The answered attempt; undefined for an answer without one. */
function attemptOf(state: QuotaState, command: ObserveCommand): Attempt | undefined {
  if (command.reservationId === null) return undefined
  const attempt = state.attempt(command.reservationId)
  if (attempt?.providerName === command.providerName) return attempt
  throw new QuotaError(
    'UNKNOWN_RESERVATION',
    `provider "${command.providerName}" has no reservation ${command.reservationId}`,
    {
      field: 'reservationId',
    },
  )
}

/** Counters updated with the vendor's figures. */
function noticedFacts(
  state: QuotaState,
  call: Call,
  facts: readonly QuotaFact[],
  { sinceMs, nowMs }: Instants,
): { readonly changes: readonly Change[]; readonly raised: boolean } {
  const changes: Change[] = []
  let raised = false
  for (const entry of facts.length === 0 ? [] : countersOfCall(state, call, nowMs)) {
    const fact = facts.find(candidate => isReported(candidate, entry.subject.kind, entry.limit))
    if (fact === undefined || !turnsWithVendor(entry.subject, fact, nowMs)) continue
    // An answer to a call of the previous window may report that window.
    if (!isRolling(entry.limit.window) && sinceMs < entry.counter.windowStartMs) continue
    const { max, remaining } = fact
    const counter = observe(entry.counter, entry.limit, { max, remaining, sinceMs })
    raised ||= counter.level > entry.counter.level || counter.observed > entry.counter.observed
    changes.push(...keepReported(entry, counter, nowMs))
  }
  return { changes, raised }
}

/** A refused call. */
interface Refused extends Instants, Pick<CoolDown, 'keyFingerprint'> {
  /** Whether it was reserved, so that it was not sent during a cool-down. */
  readonly isReserved: boolean
}

function coolDownOf(
  state: QuotaState,
  { subject, ...refusal }: SubjectRefusal,
  { sinceMs, nowMs, keyFingerprint, isReserved }: Refused,
): { readonly coolDown: CoolDown; readonly isNew: boolean } {
  const before = [...state.coolDowns(subject)].find(
    known => known.kind === refusal.kind && known.model === refusal.model,
  )
  // Calls sent before the last cool-down ended belong to the same incident; only a later one counts as a new refusal.
  const isLater = before === undefined || sinceMs >= before.untilMs
  const refusals = (before?.refusals ?? 0) + (isLater ? 1 : 0)
  const untilMs = Math.min(farthestMs, refusal.untilMs ?? trialAtMs(nowMs, refusals))
  const { model, kind, httpStatus = null } = refusal
  const coolDown = { subject, model, kind, sinceMs, untilMs, refusals, httpStatus, keyFingerprint }
  if (before === undefined) return { coolDown, isNew: true }
  const replaces = isLater || (isReserved && isTrialOf(before, sinceMs))
  return { coolDown: replaces ? coolDown : ofOneIncident(before, coolDown), isNew: false }
}

/**
 * Whether a reserved call is the trial of a refusal of the key. Its reservation has counted it as one more refusal and
 * prolonged the cool-down by a guess. No other call was granted since: those that follow the first refusal were in
 * flight before it.
 */
function isTrialOf({ kind, refusals, sinceMs: refusedSinceMs }: CoolDown, sinceMs: number): boolean {
  return kindsOfKey.has(kind) && refusals > 1 && sinceMs >= refusedSinceMs
}

/**
 * The cool-down after two refusals of one incident. A refusal does not prove that any quota has returned: that of a
 * minute is no end of that of a day, in whichever order they arrive. So the one that ends last counts.
 */
function ofOneIncident(before: CoolDown, after: CoolDown): CoolDown {
  const newer = before.sinceMs > after.sinceMs ? before : after
  const { untilMs, httpStatus } = before.untilMs > after.untilMs ? before : after
  return { ...newer, untilMs, httpStatus }
}

function* endedCoolDowns(
  state: QuotaState,
  { subjects }: Call,
  success: Success,
  begun: readonly SubjectRefusal[],
): Iterable<Change> {
  for (const ref of subjects) {
    for (const coolDown of state.coolDowns(ref)) {
      const goesOn = begun.some(refusal => isOfSameKind(refusal, coolDown))
      if (!goesOn && disproves(success, coolDown)) yield { table: 'endedCoolDown', row: coolDown }
    }
  }
}

/** Most model cool-downs of one kind and subject: callers may send any number of invented names. */
const maxModelsOfKind = 100

/** Deletes the model cool-down of this kind that ends first, if one more exists than are kept. */
function crowdedOut(state: QuotaState, added: CoolDown): readonly Change[] {
  if (added.model === '') return []
  const known = [...state.coolDowns(added.subject)].filter(
    ({ kind, model }) => kind === added.kind && model !== '',
  )
  if (known.length < maxModelsOfKind || known.some(({ model }) => model === added.model)) return []
  const first = known.reduce((soonest, other) => (other.untilMs < soonest.untilMs ? other : soonest))
  return [{ table: 'endedCoolDown', row: first }]
}
