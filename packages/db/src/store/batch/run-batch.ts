import {
  attemptsOfStep,
  type BatchDecision,
  type Command,
  concernedModels,
  concernedSubjects,
  ledgerNeeds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
  subjectTime,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Session } from '../../database/database.js'
import { guessSubjects } from '../cache/guess.js'
import type { CommittedWrite, StateCache } from '../cache/state-cache.js'
import { withCheckedSession } from '../failures.js'
import type { CommandBatch, Short } from '../lanes/command-lanes.js'
import { loadAhead } from '../load/load-ahead.js'
import { type Loaded, loadSums } from '../load/load-state.js'
import { lockAndLoad } from '../load/lock-and-load.js'
import type { Locked } from '../load/locked.js'
import { loadMissingModels } from '../load/requested-counters.js'
import { revisionIn } from '../statements/still-true.js'
import { commit, rollback } from '../statements/transaction.js'
import type { BatchContext } from './batch-context.js'
import { writtenBy } from './changed-subjects.js'
import { decideInSlices } from './decide-in-slices.js'
import { runOptimistic } from './run-optimistic.js'
import { writeStatements } from './write-changes.js'

/** How often a batch may find that it needs other locks or newer settings than it was guessed. */
const maxRounds = 8

/**
 * Runs commands as one transaction: in one round trip to the database where the cached state suffices and is still
 * true, see {@link runOptimistic}; else in two, under locks.
 * @throws the database's error; then nothing is committed, or all is, if the answer to COMMIT was lost.
 */
export async function runBatch(context: BatchContext, batch: CommandBatch): Promise<BatchDecision | Short> {
  return (await runOptimistic(context, batch)) ?? (await runUnderLocks(context, batch))
}

/**
 * Lock, read, decide, write, commit. Which subjects to lock is guessed from the cache, and checked under the locks.
 * Where the guess was short, the transaction is rolled back and begins anew with all of them, so that locks are always
 * taken in order: at once where the batch may claim them, else when it is its turn for them.
 */
async function runUnderLocks(
  { database, cache, session: options }: BatchContext,
  { commands, subjects: guess, claim }: CommandBatch,
): Promise<BatchDecision | Short> {
  // More may be cached by now than when it was queued.
  const byNow = commands.map(command => guessSubjects(cache, command))
  if (!claim(byNow.flat())) return { needed: byNow }
  let subjects = uniqueSubjects([...guess, ...byNow.flat()])
  for (let round = 0; round < maxRounds; round++) {
    const result = await withCheckedSession(
      database,
      session => runRound(session, commands, subjects, cache),
      options,
    )
    if (result.decision !== null) return result.decision
    const needed = result.needed.flat()
    if (!claim(needed)) return { needed: withGuesses(commands, result.needed, cache) }
    subjects = uniqueSubjects([...subjects, ...needed])
  }
  throw new Error(`a batch needed other locks in each of ${maxRounds} rounds`)
}

/** What was found under the locks, and what is guessed since, where that could not be found yet. */
function withGuesses(
  commands: readonly Command[],
  needed: Short['needed'],
  cache: StateCache,
): Short['needed'] {
  return commands.map((command, index) =>
    uniqueSubjects([...guessSubjects(cache, command), ...(needed[index] ?? [])]),
  )
}

interface Round {
  /** Null when locks were missing or settings had changed; then nothing was written. */
  readonly decision: BatchDecision | null
  /** What each of the commands concerns. */
  readonly needed: Short['needed']
}

async function runRound(
  session: Session,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  cache: StateCache,
): Promise<Round> {
  const loaded = await lockAndLoad(session, commands, subjects, cache)
  cache.setClock(loaded.nowMs)
  for (const subject of loaded.changed) cache.supersedeSettings(subject)
  const needed = commands.map(command => concernedSubjects(loaded.tables, command))
  if (!areLocked(subjects, needed.flat()) || loaded.changed.length > 0) {
    await session.run([rollback])
    cache.putSettings(loaded.tables)
    return { decision: null, needed }
  }
  const models = concernedModels(loaded.tables, commands)
  await loadMissingModels(session, loaded.tables, models)
  await prepareSums(session, loaded, commands, models)
  const stored = new Set(loaded.tables.attempts.keys())
  const decision = await decideInSlices(loaded.tables, commands, loaded.nowMs)
  const write = await writeAll(session, decision, loaded, id => stored.has(id))
  cache.putSettings(loaded.tables)
  cache.putState(loaded, write)
  for (const command of commands) if (hasExpiredAll(command)) cache.markDue(subjects, [])
  return { decision, needed }
}

/** Writes what was decided, and ends the transaction. Null where nothing was to be written. */
async function writeAll(
  session: Session,
  { changes }: BatchDecision,
  { revised }: Locked,
  isStored: (attemptId: string) => boolean,
): Promise<CommittedWrite | null> {
  const written = writtenBy(changes, revised)
  const writes = writeStatements(changes, written, isStored)
  if (writes.length === 0) {
    await session.run([rollback])
    return null
  }
  const results = await session.run([...writes, commit])
  return { subjects: written.subjects, revision: revisionIn(results[writes.length - 1]) }
}

/** Whether a command is a step of expiry that leaves nothing, as far as its sender has seen. */
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
