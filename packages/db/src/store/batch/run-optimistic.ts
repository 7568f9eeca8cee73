import {
  type Attempt,
  type BatchDecision,
  type Command,
  concernedAttempts,
  concernedModels,
  concernedSubjects,
  decideBatch,
  labelsOf,
  type Outcome,
  type QuotaTables,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
  traitsOf,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import { guessSubjectsWith } from '../cache/guess.js'
import type { StateCache } from '../cache/state-cache.js'
import { withCheckedSession } from '../failures.js'
import type { CommandBatch, Short } from '../lanes/command-lanes.js'
import { subjectsOfLists } from '../lanes/subjects-of-lists.js'
import { readAttempt } from '../statements/attempt-columns.js'
import { readAttempts } from '../statements/attempts.js'
import { foundOf, type Presumed, revisionIn, stillTrue } from '../statements/still-true.js'
import type { RevisedSubject } from '../statements/subjects.js'
import { writeIf } from '../statements/write-if.js'
import type { BatchContext } from './batch-context.js'
import { writtenBy } from './changed-subjects.js'
import { writeParts } from './write-changes.js'

/**
 * Optimistic concurrency: decides commands on cached state and writes in one statement, which does so only if the
 * subjects' revisions are the same (compare and set). One round trip to the database instead of two. Null where the
 * cached state does not suffice or is outdated; nothing has been written then.
 *
 * Cached state is touched for the batch's own subjects alone: it claims those that it finds besides, or answers which it
 * needs.
 * @throws the database's error; then nothing is committed, or all is, if the answer was lost.
 */
export async function runOptimistic(
  context: BatchContext,
  batch: CommandBatch,
): Promise<BatchDecision | Short | null> {
  const { commands, claim } = batch
  const { cache } = context
  const { tables, loadedCount } = cache
  if (!commands.every(command => traitsOf(command).isOfCall)) return null
  const revised = cache.revisionsOf(batch.subjects)
  if (revised === null) return null
  const found = await readMissingAttempts(context, commands)
  const foundSubjects = found.flatMap(({ subjects }) => subjects)
  if (!claim(foundSubjects)) return { needed: commands.map(command => neededOf(cache, command, found)) }
  // Another batch may have loaded its subject since, which was not this batch's then: the attempt may be older than that.
  if (loadedCount !== cache.loadedCount && !areAmong(batch.subjects, foundSubjects)) return null
  // The cache was full, and all state is dropped.
  if (tables !== cache.tables) return null
  for (const row of found) tables.apply([{ table: 'attempt', row }])
  try {
    const concerned = commands.map(command => concernedSubjects(tables, command))
    const refs = isAsGuessed(concerned, batch) ? batch.subjects : subjectsOfLists(concerned)
    if (refs !== batch.subjects && !claim(refs)) return { needed: concerned }
    const presumed = presume(commands, refs === batch.subjects ? revised : cache.revisionsOf(refs), cache)
    return presumed && (await decideAndWrite(context, commands, presumed))
  } finally {
    // Those that are settled are for this batch alone.
    for (const attempt of found) if (attempt.state !== 'pending') tables.dropAttempt(attempt)
  }
}

/** Whether the commands concern what was guessed: nearly always, and these are the batch's already. */
function isAsGuessed(concerned: CommandBatch['guesses'], { guesses }: CommandBatch): boolean {
  return concerned.every((list, index) => list === guesses[index])
}

function areAmong(subjects: readonly SubjectRef[], some: readonly SubjectRef[]): boolean {
  const keys = new Set(subjects.map(subjectKey))
  return some.every(ref => keys.has(subjectKey(ref)))
}

/** What a command concerns, one of whose attempts was found. */
function neededOf(cache: StateCache, command: Command, found: readonly Attempt[]): readonly SubjectRef[] {
  const attempts = new Map(found.map(attempt => [attempt.id, attempt]))
  return guessSubjectsWith(cache, command, attempts)
}

/** Reads the attempts that the commands refer to and that are not cached: other processes made them, or they are settled. */
async function readMissingAttempts(
  { database, cache: { tables }, session: options }: BatchContext,
  commands: readonly Command[],
): Promise<readonly Attempt[]> {
  const unknown = commands
    .filter(command => !traitsOf(command).makesAttempt)
    .flatMap(concernedAttempts)
    .filter(id => tables.attempt(id) === undefined)
  if (unknown.length === 0) return []
  const made = new Set(commands.filter(command => traitsOf(command).makesAttempt).flatMap(concernedAttempts))
  const missing = unknown.filter(id => !made.has(id))
  if (missing.length === 0) return []
  const read = [readAttempts(missing)]
  const [rows = []] = await withCheckedSession(database, session => session.run(read), options)
  return rows.map(readAttempt)
}

/** What a decision presumes, and what is known before it. */
interface Prepared extends Presumed {
  readonly models: readonly SubjectModels[]
  /** Of the attempts that the commands make or refer to. */
  readonly ids: readonly string[]
  /** Those of them that have a row. */
  readonly storedIds: ReadonlySet<string>
}

/** What deciding the commands presumes; null where it is not cached. */
function presume(
  commands: readonly Command[],
  revised: readonly RevisedSubject[] | null,
  cache: StateCache,
): Prepared | null {
  const { tables } = cache
  const labels = cache.revisionsOf(commands.flatMap(command => labelsOf(tables, command)))
  const clockMs = cache.nowMs()
  if (revised === null || labels === null || clockMs === null) return null
  const subjects = labels.length === 0 ? revised : [...revised, ...labels]
  const models = concernedModels(tables, commands)
  if (!cache.holdsModels(models)) return null
  const ids: string[] = []
  const freeIds = new Set<string>()
  const storedIds = new Set<string>()
  for (const command of commands) {
    for (const id of concernedAttempts(command)) {
      ids.push(id)
      if (tables.attempt(id) === undefined) freeIds.add(id)
      else storedIds.add(id)
    }
  }
  return { subjects, clockMs, freeIds, models, ids, storedIds }
}

async function decideAndWrite(
  { database, cache, session: options }: BatchContext,
  commands: readonly Command[],
  presumed: Prepared,
): Promise<BatchDecision | null> {
  let isWritten = false
  const { tables } = cache
  const { models, storedIds } = presumed
  const decidedIds = [...presumed.ids]
  try {
    const decision = decideBatch(tables, commands, presumed.clockMs, models)
    for (const change of decision.changes) if (change.table === 'attempt') decidedIds.push(change.row.id)
    const written = writtenBy(decision.changes, presumed.subjects)
    const { first, together } = writeParts(decision.changes, written, id => storedIds.has(id))
    if (first.length > 0) return null
    const condition = stillTrue(presumed)
    const statement = together.length === 0 ? condition : writeIf(condition, together)
    const [rows] = await withCheckedSession(database, session => session.run([statement]), options)
    const found = foundOf(rows)
    cache.setClock(found.clockMs)
    if (!found.holds) return null
    isWritten = true
    const outcomes = withDue(decision.outcomes, commands, tables, found.due)
    cache.markDue(presumed.subjects, found.due)
    cache.confirmWrite(decision.changes, { subjects: written.subjects, revision: revisionIn(rows) })
    return { changes: decision.changes, outcomes }
  } finally {
    // The tables hold what was decided, which is not, or may not be, what the database holds.
    if (!isWritten) cache.invalidate(presumed.subjects, decidedIds)
  }
}

/** The outcomes; denials that did not see what is due, since other processes have reserved it, await its expiry. */
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
