import {
  attemptsOfStep,
  type BatchDecision,
  type Command,
  concernedModels,
  concernedSubjects,
  decideBatch,
  ledgerNeeds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
  subjectTime,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Session } from '../../database/database.js'
import type { Memory } from '../cache/memory.js'
import { withCheckedSession } from '../failures.js'
import type { CommandBatch, Short } from '../lanes/command-lanes.js'
import { loadAhead } from '../load/load-ahead.js'
import { type Loaded, loadSums } from '../load/load-state.js'
import { lockAndLoad } from '../load/lock-and-load.js'
import { loadMissingModels } from '../load/requested-counters.js'
import { commit, rollback } from '../statements/transaction.js'
import type { BatchContext } from './batch-context.js'
import { writtenBy } from './changed-subjects.js'
import { runOptimistic } from './run-optimistic.js'
import { writeStatements } from './write-changes.js'

/** How often a batch may find that it needs other locks or newer settings than it thought. */
const maxRounds = 8

/**
 * Runs commands as one transaction: in one trip to the database where what is remembered suffices and is still
 * true, see {@link runOptimistic}; else in two, under locks.
 * @throws the database's error; then nothing has landed, or all has, if the answer to COMMIT was lost.
 */
export async function runBatch(place: BatchContext, batch: CommandBatch): Promise<BatchDecision | Short> {
  return (await runOptimistic(place, batch)) ?? (await runUnderLocks(place, batch))
}

/**
 * Lock, read, decide, write, commit. Which subjects to lock is guessed from what is known, and checked under the
 * locks; where the guess was short, the transaction is given up and begins anew with all of them, so that locks
 * are always taken in order: at once where the batch may claim them, else when it is its turn for them.
 */
async function runUnderLocks(
  { database, memory, session: options }: BatchContext,
  { commands, subjects: guess, claim }: CommandBatch,
): Promise<BatchDecision | Short> {
  // More may be known by now than when it was entered.
  const byNow = commands.map(command => memory.known.subjectsOf(command, memory.remembered.tables))
  if (!claim(byNow.flat())) return { needed: byNow }
  let subjects = uniqueSubjects([...guess, ...byNow.flat()])
  for (let round = 0; round < maxRounds; round++) {
    const result = await withCheckedSession(
      database,
      session => attempt(session, commands, subjects, memory),
      options,
    )
    if (result.decision !== null) return result.decision
    const needed = result.needed.flat()
    if (!claim(needed)) return { needed: withKnown(commands, result.needed, memory) }
    subjects = uniqueSubjects([...subjects, ...needed])
  }
  throw new Error(`a batch needed other locks in each of ${maxRounds} rounds`)
}

/** What was found under the locks, and what is known since, where that could not be found yet. */
function withKnown(
  commands: readonly Command[],
  needed: Short['needed'],
  { known, remembered }: Memory,
): Short['needed'] {
  return commands.map((command, index) =>
    uniqueSubjects([...known.subjectsOf(command, remembered.tables), ...(needed[index] ?? [])]),
  )
}

interface Attempted {
  /** Null when locks were missing or settings had changed; then nothing was written. */
  readonly decision: BatchDecision | null
  /** What each of the commands concerns. */
  readonly needed: Short['needed']
}

async function attempt(
  session: Session,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  memory: Memory,
): Promise<Attempted> {
  const { known, remembered } = memory
  const loaded = await lockAndLoad(session, commands, subjects, memory)
  remembered.hearClock(loaded.nowMs)
  for (const subject of loaded.changed) known.forget(subject)
  const needed = commands.map(command => concernedSubjects(loaded.tables, command))
  if (!areLocked(subjects, needed.flat()) || loaded.changed.length > 0) {
    await session.run([rollback])
    known.learn(loaded.tables)
    return { decision: null, needed }
  }
  const models = concernedModels(loaded.tables, commands)
  await loadMissingModels(session, loaded.tables, models)
  await prepareSums(session, loaded, commands, models)
  const stored = new Set(loaded.tables.attempts.keys())
  const decision = decideBatch(loaded.tables, commands, loaded.nowMs)
  const written = writtenBy(decision.changes, loaded.revised)
  const writes = writeStatements(decision.changes, written, id => stored.has(id))
  await session.run(writes.length === 0 ? [rollback] : [...writes, commit])
  known.learn(loaded.tables)
  remembered.learn(loaded, written)
  for (const command of commands) if (hasExpiredAll(command)) remembered.noteDue(subjects, [])
  return { decision, needed }
}

/** Whether a command is a step of expiry that leaves nothing, as far as whoever has given it has seen. */
function hasExpiredAll(command: Command): boolean {
  return command.type === 'expire' && command.attempts.length < attemptsOfStep
}

function areLocked(locked: readonly SubjectRef[], needed: readonly SubjectRef[]): boolean {
  const held = new Set(locked.map(subjectKey))
  return uniqueSubjects(needed).every(subject => held.has(subjectKey(subject)))
}

/** Loads the sums over the ledger that the commands ask for, if any. */
async function prepareSums(
  session: Session,
  loaded: Loaded,
  commands: readonly Command[],
  models: readonly SubjectModels[],
): Promise<void> {
  const nowMs = subjectTime(loaded.tables, models, loaded.nowMs)
  const needs = commands.flatMap(command => ledgerNeeds(loaded.tables, command, nowMs))
  if (needs.length > 0) await loadSums(session, loaded, needs)
  for (const command of commands) if (command.type === 'rewind') await loadAhead(session, loaded, command)
}
