import { dateAt } from '../../domain/calendar.js'
import type { RewindCommand } from '../../domain/command.js'
import type { CoolDown } from '../../domain/cool-down.js'
import type { AheadSubject, Rewound } from '../../domain/outcome.js'
import type { Owner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, LedgerSum, QuotaState } from '../../domain/state.js'
import { isSameSubject, type SubjectRef, subjectKey } from '../../domain/subject.js'
import { subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { rewoundCounters } from './rewind-counters.js'
import { callsAheadOf, ledgerQueryAhead, maxPendingOfRewind, maxSettledOfStep } from './rewind-needs.js'
import {
  chargesOf,
  keyOfSum,
  movedSums,
  type Redated,
  redated,
  redatedChanges,
  withoutSums,
} from './rewind-rows.js'
import { subjectTime } from './subject-time.js'

/**
 * Rewinds subjects to the clock after it was ahead for a time. Usage dated ahead is re-dated to now: calls that can
 * still be settled by changing their rows, everything else by signed rows, so that the number of rows is bounded by
 * minutes, models and consumers. Counters are then rebuilt from the ledger in the current windows: no usage is
 * forgiven, and grants made ahead count in full.
 *
 * If many calls were settled ahead, their rows are re-dated first, 1,000 a step. Each step keeps the ledger's sum at
 * every instant, so limits hold between steps.
 * @throws QuotaError IN_USE while too many calls are in flight
 */
export function decideRewind(state: QuotaState, command: RewindCommand, clockMs: number): Decision {
  const refs = command.subjects.filter(ref => state.subject(ref) !== undefined)
  const calls = state.callsAhead(callsAheadOf(state, command, clockMs))
  const sums = refs.flatMap(ref => state.ledgerSums(ledgerQueryAhead(ref, clockMs)))
  const missing = subjectsBeyond(refs, [...calls, ...sums])
  const answer = (reported: Partial<Rewound>) => () => ({ isDone: false, missing, rewound: [], ...reported })
  if (missing.length > 0) return answerOnly(answer({}))

  const settled = calls.filter(({ state }) => state !== 'pending').map(call => redated(state, call, clockMs))
  if (settled.length >= maxSettledOfStep) {
    return { changes: neutralChanges(state, settled, { command, clockMs }), answer: answer({}) }
  }
  const pending = calls.filter(({ state }) => state === 'pending')
  if (pending.length > maxPendingOfRewind) throw tooManyPending()
  const dated = [...settled, ...pending.map(call => redated(state, call, clockMs))]
  // Every subject of a call counted it.
  const eachOnce = [...new Map(sums.map(sum => [keyOfSum(sum), sum])).values()]
  const moved = withoutSums(eachOnce, chargesOf(dated, 'before'))
  const touched = [...dated.map(({ before }) => before), ...moved]
  const rewound = refs.flatMap((ref): readonly AheadSubject[] => {
    const aheadMs = subjectTime(state, [{ ...ref, models: 'all' }], clockMs) - clockMs
    return aheadMs > 0 || touched.some(call => concerns(call, ref)) ? [{ ...ref, aheadMs }] : []
  })
  return {
    changes: [
      ...redatedChanges(state, dated),
      ...movedSums(state, moved, { command, clockMs }),
      ...rewound.flatMap(ref => subjectChanges(state, ref, { command, clockMs })),
    ],
    answer: answer({ isDone: true, rewound }),
  }
}

/** Re-dates calls and adds rows that keep their charges at the old date; the last step moves these. */
function neutralChanges(
  state: QuotaState,
  calls: readonly Redated[],
  at: { readonly command: RewindCommand; readonly clockMs: number },
): readonly Change[] {
  const targets = chargesOf(calls, 'before')
  const sums = chargesOf(calls, 'after')
  return [...redatedChanges(state, calls), ...movedSums(state, sums, { ...at, targets })]
}

/** Subjects of `calls` that are not in `refs`. */
function subjectsBeyond(
  refs: readonly SubjectRef[],
  calls: readonly { readonly subjects: readonly SubjectRef[] }[],
): readonly SubjectRef[] {
  const known = new Set(refs.map(subjectKey))
  const missing = new Map<string, SubjectRef>()
  for (const { subjects } of calls) {
    for (const ref of subjects) if (!known.has(subjectKey(ref))) missing.set(subjectKey(ref), ref)
  }
  return [...missing.values()]
}

function concerns({ subjects }: Pick<LedgerSum, 'subjects'>, ref: SubjectRef): boolean {
  return subjects.some(other => isSameSubject(other, ref))
}

function subjectChanges(
  state: QuotaState,
  { aheadMs, ...ref }: AheadSubject,
  { command, clockMs }: { readonly command: RewindCommand; readonly clockMs: number },
): readonly Change[] {
  const subject = subjectOf(state, ref)
  const owner = state.owner(ref)
  const changes: Change[] = [{ table: 'subject', row: { ...subject, version: subject.version + 1 } }]
  if (owner !== undefined) {
    const resetsAtMs = resetsUntil(owner, date => dateAt(subject, date), clockMs)
    changes.push({ table: 'owner', row: { ...atMost(owner, clockMs), resetsAtMs } })
  }
  changes.push(...rewoundCounters(state, subject, clockMs))
  for (const coolDown of state.coolDowns(ref)) {
    changes.push({ table: 'coolDown', row: rewoundCoolDown(coolDown, clockMs, aheadMs) })
  }
  const details = { aheadMs }
  const audit = { atMs: clockMs, actor: command.actor, action: 'clock.rewind', subject: ref, details }
  changes.push({ table: 'audit', row: audit })
  return changes
}

function atMost(row: Owner, clockMs: number): Owner {
  return {
    ...row,
    removedAtMs: row.removedAtMs === null ? null : Math.min(row.removedAtMs, clockMs),
    createdAtMs: Math.min(row.createdAtMs, clockMs),
    updatedAtMs: Math.min(row.updatedAtMs, clockMs),
  }
}

/** Re-dates resets that were ahead; keeps the last of each day. */
function resetsUntil(
  { resetsAtMs }: Owner,
  dateOf: (instantMs: number) => string,
  clockMs: number,
): readonly number[] {
  const lastOfDay = new Map(resetsAtMs.map(atMs => Math.min(atMs, clockMs)).map(atMs => [dateOf(atMs), atMs]))
  return [...lastOfDay.values()]
}

/** A cool-down set ahead keeps its length, counted from now. One set earlier may have been extended ahead. */
function rewoundCoolDown(coolDown: CoolDown, clockMs: number, aheadMs: number): CoolDown {
  const { sinceMs, untilMs } = coolDown
  if (sinceMs > clockMs) return { ...coolDown, sinceMs: clockMs, untilMs: untilMs - (sinceMs - clockMs) }
  if (untilMs <= clockMs + aheadMs) return coolDown
  return { ...coolDown, untilMs: Math.max(sinceMs, untilMs - aheadMs) }
}

function tooManyPending(): QuotaError {
  return new QuotaError(
    'IN_USE',
    `more than ${maxPendingOfRewind} calls in flight are dated ahead of the database's clock: let them end, then try again`,
  )
}
