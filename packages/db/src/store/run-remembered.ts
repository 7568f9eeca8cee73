import {
  type Attempt,
  type BatchDecision,
  type Command,
  concernedAttempts,
  concernedModels,
  concernedSubjects,
  decideBatch,
  type Outcome,
  type QuotaTables,
  type SubjectRef,
  subjectKey,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { writtenBy } from './changed-subjects.js'
import { withCheckedSession } from './failures.js'
import type { Memory } from './memory.js'
import type { RememberedState } from './remembered-state.js'
import { readAttempt } from './statements/attempt-columns.js'
import { readAttempts } from './statements/attempts.js'
import { foundOf, type Presumed, stillTrue } from './statements/still-true.js'
import { onlyIf } from './statements/together.js'
import { writeParts } from './write-changes.js'

/**
 * Decides commands on what is remembered and writes it in one statement, which does so only if nothing has changed
 * meanwhile: one trip to the database instead of two. Null where what is remembered does not suffice or is no
 * longer true; nothing has been written then.
 * @throws the database's error; then nothing has landed, or all has, if the answer was lost.
 */
export async function runRemembered(
  database: Database,
  commands: readonly Command[],
  { known, remembered }: Memory,
): Promise<BatchDecision | null> {
  if (!commands.every(isOfCall)) return null
  const guess = uniqueSubjects(commands.flatMap(command => known.subjectsOf(command, remembered.tables)))
  if (remembered.stampsOf(guess) === null) return null
  const settled = await rememberAttempts(database, commands, remembered)
  try {
    const presumed = presume(commands, remembered)
    return presumed && (await decideAndWrite(database, commands, remembered, presumed))
  } finally {
    for (const attempt of settled) remembered.tables.dropAttempt(attempt)
  }
}

/** Whether a command is of a call: others are rare, and may ask for more than is remembered. */
function isOfCall({ type }: Command): boolean {
  switch (type) {
    case 'reserve':
    case 'acquire':
    case 'record':
    case 'commit':
    case 'release':
    case 'extend':
    case 'observe':
      return true
    default:
      return false
  }
}

/**
 * Reads the attempts that the commands refer to and that are not remembered: they were made by other processes, or
 * are settled. Those that are settled are for this batch alone.
 */
async function rememberAttempts(
  database: Database,
  commands: readonly Command[],
  { tables }: RememberedState,
): Promise<readonly Attempt[]> {
  const made = new Set(commands.flatMap(command => (makesAttempt(command) ? concernedAttempts(command) : [])))
  const missing = commands
    .flatMap(command => (makesAttempt(command) ? [] : concernedAttempts(command)))
    .filter(id => tables.attempt(id) === undefined && !made.has(id))
  if (missing.length === 0) return []
  const [rows = []] = await withCheckedSession(database, session => session.run([readAttempts(missing)]))
  const attempts = rows.map(readAttempt)
  for (const row of attempts) tables.apply([{ table: 'attempt', row }])
  return attempts.filter(({ state }) => state !== 'pending')
}

function makesAttempt({ type }: Command): boolean {
  return type === 'reserve' || type === 'acquire' || type === 'record'
}

/** What deciding the commands takes for granted; null where it is not remembered. */
function presume(commands: readonly Command[], remembered: RememberedState): Presumed | null {
  const { tables } = remembered
  const refs = uniqueSubjects(commands.flatMap(command => concernedSubjects(tables, command)))
  const subjects = remembered.stampsOf(refs)
  const clockMs = remembered.nowMs()
  if (subjects === null || clockMs === null) return null
  if (!remembered.holdsModels(concernedModels(tables, commands))) return null
  const ids = commands.flatMap(concernedAttempts)
  return { subjects, clockMs, freeIds: new Set(ids.filter(id => tables.attempt(id) === undefined)) }
}

async function decideAndWrite(
  database: Database,
  commands: readonly Command[],
  remembered: RememberedState,
  presumed: Presumed,
): Promise<BatchDecision | null> {
  let isWritten = false
  const ids = commands.flatMap(concernedAttempts)
  const decidedIds = [...ids]
  const stored = new Set(ids.filter(id => !presumed.freeIds.has(id)))
  try {
    const decision = decideBatch(remembered.tables, commands, presumed.clockMs)
    for (const change of decision.changes) if (change.table === 'attempt') decidedIds.push(change.row.id)
    const written = writtenBy(decision.changes)
    const { first, together } = writeParts(decision.changes, written, id => stored.has(id))
    if (first.length > 0) return null
    const condition = stillTrue(presumed)
    const statement = together.length === 0 ? condition : onlyIf(condition, together)
    const [rows] = await withCheckedSession(database, session => session.run([statement]))
    const found = foundOf(rows)
    remembered.hearClock(found.clockMs)
    if (!found.holds) return null
    isWritten = true
    const outcomes = withDue(decision.outcomes, commands, remembered.tables, found.due)
    remembered.noteDue(presumed.subjects, found.due)
    remembered.confirm(decision.changes, written)
    return { changes: decision.changes, outcomes }
  } finally {
    // The tables hold what was decided, which is not, or may not be, what the database holds.
    if (!isWritten) remembered.forget(presumed.subjects, decidedIds)
  }
}

/** The outcomes; denials that did not know what is due, as others have made it, await its expiry. */
function withDue(
  outcomes: readonly Outcome[],
  commands: readonly Command[],
  tables: QuotaTables,
  due: readonly SubjectRef[],
): readonly Outcome[] {
  if (due.length === 0) return outcomes
  const isDue = new Set(due.map(subjectKey))
  return outcomes.map((outcome, index) => {
    if (outcome.awaits !== undefined || !isDeniedByLimits(outcome)) return outcome
    const subjects = commands.slice(index, index + 1).flatMap(command => concernedSubjects(tables, command))
    const awaits = uniqueSubjects(subjects).filter(ref => isDue.has(subjectKey(ref)))
    return awaits.length === 0 ? outcome : { awaits, ...outcome }
  })
}

function isDeniedByLimits(outcome: Outcome): boolean {
  if (!outcome.ok || !('decision' in outcome.answer) || outcome.answer.decision === 'granted') return false
  return outcome.answer.reasons.some(reason => reason.code === 'exhausted')
}
