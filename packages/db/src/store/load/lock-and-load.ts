import {
  BySubject,
  type Command,
  concernedAttempts,
  concernedModels,
  createdSubject,
  neededMembers,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Row, Session, Statement } from '../../database/database.js'
import { modelGuide } from '../cache/guess.js'
import type { StateCache } from '../cache/state-cache.js'
import type { Settings } from '../cache/subject-entry.js'
import { pendingExists } from '../statements/attempts.js'
import { readMembers, readOwners } from '../statements/owners.js'
import { readState, stateOf } from '../statements/state.js'
import { ensureSubject, lockSubjects, type RevisedSubject, readRevisions } from '../statements/subjects.js'
import { begin } from '../statements/transaction.js'
import { addSettings, type Loaded, loadedState, ownersRead } from './load-state.js'
import type { Locked } from './locked.js'
import { requestOf } from './requested-counters.js'

/** The rows of each of some statements. */
type Rows = readonly (readonly Row[])[]

/** Locks the subjects and reads all that the commands need to be decided, in one round trip. */
export async function lockAndLoad(
  session: Session,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  cache: StateCache,
): Promise<Locked> {
  const { kinds } = cache
  const created = commands.flatMap(command => createdSubject(command) ?? [])
  // Other batches may cache newer settings during the round trip. What is read goes by those of now, and so must a decision.
  const asked = new BySubject<Settings>()
  for (const subject of subjects) {
    const settings = cache.settings(subject)
    if (settings !== undefined) asked.set(subject, settings)
  }
  const unknown = subjects.filter(subject => asked.get(subject) === undefined)
  const versions = subjects.map(subject => ({
    version: asked.get(subject)?.subject.version ?? null,
    ...subject,
  }))
  const models = guessModels(commands, subjects, cache)
  const owners = [
    ...(unknown.length === 0 ? [] : readOwners(unknown)),
    ...commands.flatMap(command => {
      // Only its members show whether an owner is still in use.
      const needed = neededMembers(command)
      return needed === null ? [] : readMembers(needed, kinds.dependentsOf(needed.subject.kind))
    }),
  ]
  const results = await runNamed(session, {
    begin: [begin, ...created.map(ensureSubject)],
    lock: [lockSubjects(versions)],
    owners: owners.map(({ statement }) => statement),
    state: [
      readState(
        { subjects, counters: requestOf(modelGuide(cache), models) },
        commands.flatMap(concernedAttempts),
      ),
    ],
    pending: created.map(pendingExists),
  })
  const loaded = loadedState(stateOf(results.state[0]), { models }, kinds)
  addSettings(loaded.tables, { owners: ownersRead(owners, results.owners) })
  for (const [index, subject] of created.entries()) {
    if (results.pending[index]?.[0]?.['pending'] === true) loaded.tables.markPending(subject)
  }
  const locked = results.lock.flat()
  const revised = [...locked.map(readRevisions), ...markMissing(loaded, subjects, locked)]
  return { changed: putSettings(loaded, locked, asked), revised, ...loaded }
}

/**
 * Of which models the commands probably meet counters, of subjects whose limits are cached. Where these have changed, or
 * something is not cached, the rest is read later, under the locks.
 */
function guessModels(
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  cache: StateCache,
): readonly SubjectModels[] {
  const locked = new Set(subjects.map(subjectKey))
  return concernedModels(modelGuide(cache), commands).filter(
    asked => locked.has(subjectKey(asked)) && (asked.models === 'all' || cache.settings(asked) !== undefined),
  )
}

/** Adds settings to the tables: as they were cached when the rest was asked for, or as they were read with the lock. */
function putSettings(
  { tables }: Loaded,
  locked: readonly Row[],
  asked: BySubject<Settings>,
): readonly SubjectRef[] {
  const changed: SubjectRef[] = []
  for (const row of locked) {
    const { kind, name } = readRevisions(row)
    const ref: SubjectRef = { kind, name }
    const settings = asked.get(ref)
    if (settings === undefined) addSettings(tables, { subjects: [row] })
    else if (settings.subject.version !== Number(row['version'])) changed.push(ref)
    else {
      tables.apply([
        { table: 'owner', row: settings.owner },
        { table: 'subject', row: settings.subject },
      ])
    }
  }
  return changed
}

/** Names that may be labels, and of which there is no subject; under no lock, as long as a decision lasts. */
function markMissing(
  { tables }: Loaded,
  subjects: readonly SubjectRef[],
  locked: readonly Row[],
): readonly RevisedSubject[] {
  const there = new BySubject<true>()
  for (const row of locked) there.set(readRevisions(row), true)
  return subjects.flatMap(({ kind, name }) => {
    if (!tables.kinds.isOptional(kind) || there.get({ kind, name }) === true) return []
    tables.markMissing({ kind, name })
    return [{ kind, name, id: 0, revision: null }]
  })
}

/** Runs groups of statements in one round trip, and answers each group's rows. */
async function runNamed<Name extends string>(
  session: Session,
  groups: Readonly<Record<Name, readonly Statement[]>>,
): Promise<Record<Name, Rows>> {
  // Object.keys loses the type of the keys, which are those of `groups`; every one of them is filled below.
  const names = Object.keys(groups) as Name[]
  const results = await session.run(names.flatMap(name => groups[name]))
  const named = {} as Record<Name, Rows>
  let start = 0
  for (const name of names) {
    named[name] = results.slice(start, start + groups[name].length)
    start += groups[name].length
  }
  return named
}
