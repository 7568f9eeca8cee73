import {
  attemptsOfStep,
  type BatchDecision,
  type Command,
  concernedSubjects,
  decideBatch,
  ledgerNeeds,
  type SubjectRef,
  subjectKey,
  subjectTime,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Database, Session } from '../database/database.js'
import { writtenBy } from './changed-subjects.js'
import { withCheckedSession } from './failures.js'
import { loadAhead } from './load-ahead.js'
import { type Loaded, loadSums } from './load-state.js'
import { lockAndLoad } from './lock-and-load.js'
import type { Memory } from './memory.js'
import { runRemembered } from './run-remembered.js'
import { commit, rollback } from './statements/transaction.js'
import { writeStatements } from './write-changes.js'

/** How often a batch may find that it needs other locks or newer settings than it thought. */
const mostRounds = 8

/**
 * Runs commands as one transaction: in one trip to the database where what is remembered suffices and is still
 * true, see {@link runRemembered}; else in two, under locks.
 * @throws the database's error; then nothing has landed, or all has, if the answer to COMMIT was lost.
 */
export async function runBatch(
  database: Database,
  commands: readonly Command[],
  memory: Memory,
): Promise<BatchDecision> {
  return (
    (await runRemembered(database, commands, memory)) ?? (await runUnderLocks(database, commands, memory))
  )
}

/**
 * Lock, read, decide, write, commit. Which subjects to lock is guessed from what is known, and checked under the
 * locks; where the guess was short, the transaction is given up and begins anew with all of them, so that locks
 * are always taken in order.
 */
async function runUnderLocks(
  database: Database,
  commands: readonly Command[],
  memory: Memory,
): Promise<BatchDecision> {
  const { known, remembered } = memory
  let subjects = uniqueSubjects(commands.flatMap(command => known.subjectsOf(command, remembered.tables)))
  for (let round = 0; round < mostRounds; round++) {
    const result = await withCheckedSession(database, session => attempt(session, commands, subjects, memory))
    if (result.decision !== null) return result.decision
    subjects = uniqueSubjects([...subjects, ...result.missing])
  }
  throw new Error(`a batch needed other locks in each of ${mostRounds} rounds`)
}

interface Attempted {
  /** Null when locks were missing or settings had changed; then nothing was written. */
  readonly decision: BatchDecision | null
  readonly missing: readonly SubjectRef[]
}

async function attempt(
  session: Session,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  { known, remembered }: Memory,
): Promise<Attempted> {
  const loaded = await lockAndLoad(session, commands, subjects, known)
  remembered.hearClock(loaded.nowMs)
  for (const subject of loaded.changed) known.forget(subject)
  const missing = missingSubjects(loaded, commands, subjects)
  if (missing.length > 0 || loaded.changed.length > 0) {
    await session.run([rollback])
    known.learn(loaded.tables)
    return { decision: null, missing }
  }
  await prepareSums(session, loaded, commands, subjects)
  const stored = new Set(loaded.tables.attempts.keys())
  const decision = decideBatch(loaded.tables, commands, loaded.nowMs)
  const written = writtenBy(decision.changes)
  const writes = writeStatements(decision.changes, written, id => stored.has(id))
  await session.run(writes.length === 0 ? [rollback] : [...writes, commit])
  known.learn(loaded.tables)
  remembered.learn(loaded, written)
  for (const command of commands) if (hasExpiredAll(command)) remembered.noteDue(subjects, [])
  return { decision, missing }
}

/** Whether a command is a step of expiry that leaves nothing, as far as whoever has given it has seen. */
function hasExpiredAll(command: Command): boolean {
  return command.type === 'expire' && command.attempts.length < attemptsOfStep
}

/** What the commands concern beyond the subjects that are locked. */
function missingSubjects(
  { tables }: Loaded,
  commands: readonly Command[],
  locked: readonly SubjectRef[],
): readonly SubjectRef[] {
  const held = new Set(locked.map(subjectKey))
  const needed = commands.flatMap(command => concernedSubjects(tables, command))
  return uniqueSubjects(needed).filter(subject => !held.has(subjectKey(subject)))
}

/** Loads the sums over the ledger that the commands ask for, if any. */
async function prepareSums(
  session: Session,
  loaded: Loaded,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
): Promise<void> {
  const nowMs = subjectTime(loaded.tables, subjects, loaded.nowMs)
  const needs = commands.flatMap(command => ledgerNeeds(loaded.tables, command, nowMs))
  if (needs.length > 0) await loadSums(session, loaded, needs)
  for (const command of commands) if (command.type === 'rewind') await loadAhead(session, loaded, command)
}
