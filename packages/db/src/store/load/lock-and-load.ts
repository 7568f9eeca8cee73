import {
  BySubject,
  type Command,
  concernedAttempts,
  concernedModels,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Row, Session, Statement } from '../../database/database.js'
import type { Settings } from '../cache/known-settings.js'
import type { Memory } from '../cache/memory.js'
import { namesOf, pendingExists } from '../statements/attempts.js'
import { readPools, readProviders } from '../statements/providers.js'
import { readState, stateOf } from '../statements/state.js'
import { ensureSubject, lockSubjects, readStamped } from '../statements/subjects.js'
import { begin } from '../statements/transaction.js'
import { addSettings, type Loaded, loadedState } from './load-state.js'
import type { Locked } from './locked.js'
import { requestOf } from './requested-counters.js'

/** The rows of each of some statements. */
type Rows = readonly (readonly Row[])[]

/** Locks the subjects and reads all that the commands need to be decided, in one trip. */
export async function lockAndLoad(
  session: Session,
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  { known, remembered }: Memory,
): Promise<Locked> {
  const created = commands.flatMap(createdSubject)
  // Others may learn newer settings during the trip. What is read goes by those of now, and must be judged by them.
  const asked = new BySubject<Settings>()
  for (const subject of subjects) {
    const settings = known.of(subject)
    if (settings !== undefined) asked.set(subject, settings)
  }
  const unknown = subjects.filter(subject => asked.get(subject) === undefined)
  const versions = subjects.map(subject => ({
    version: asked.get(subject)?.subject.version ?? null,
    ...subject,
  }))
  const models = knownModels(commands, subjects, { known, remembered })
  const results = await runNamed(session, {
    begin: [begin, ...created.map(ensureSubject)],
    lock: [lockSubjects(versions)],
    providers: providerStatements(unknown, commands),
    pools: over(namesOf(unknown, 'pool'), readPools),
    state: [
      readState(
        { subjects, counters: requestOf(known.guide(remembered.tables), models) },
        commands.flatMap(concernedAttempts),
      ),
    ],
    pending: created.map(pendingExists),
  })
  const loaded = loadedState(stateOf(results.state[0]), { models })
  addSettings(loaded.tables, { providers: results.providers.flat(), pools: results.pools.flat() })
  for (const [index, subject] of created.entries()) {
    if (results.pending[index]?.[0]?.['pending'] === true) loaded.tables.markPending(subject)
  }
  const locked = results.lock.flat()
  return { changed: putSettings(loaded, locked, asked), stamped: locked.map(readStamped), ...loaded }
}

/**
 * Of which models the commands probably meet counters, of subjects whose limits are known. Where these have changed, or
 * something is not known, the rest is read when it is.
 */
function knownModels(
  commands: readonly Command[],
  subjects: readonly SubjectRef[],
  { known, remembered }: Memory,
): readonly SubjectModels[] {
  const locked = new Set(subjects.map(subjectKey))
  return concernedModels(known.guide(remembered.tables), commands).filter(
    asked => locked.has(subjectKey(asked)) && (asked.models === 'all' || known.of(asked) !== undefined),
  )
}

/** Puts settings in place: as they were known when the rest was asked for, or as the lock has read them. */
function putSettings(
  { tables }: Loaded,
  locked: readonly Row[],
  asked: BySubject<Settings>,
): readonly SubjectRef[] {
  const changed: SubjectRef[] = []
  for (const row of locked) {
    const { kind, name } = readStamped(row)
    const ref: SubjectRef = { kind, name }
    const settings = asked.get(ref)
    if (settings === undefined) addSettings(tables, { subjects: [row] })
    else if (settings.subject.version !== Number(row['version'])) changed.push(ref)
    else tables.apply([settings.owner, { table: 'subject', row: settings.subject }])
  }
  return changed
}

function providerStatements(
  unknown: readonly SubjectRef[],
  commands: readonly Command[],
): readonly Statement[] {
  const names = namesOf(unknown, 'provider')
  // Whether a pool is still in use can only be told from its members.
  const poolNames = commands.flatMap(command => (command.type === 'removePool' ? [command.name] : []))
  return names.length + poolNames.length === 0 ? [] : [readProviders(names, poolNames)]
}

function over<T>(items: readonly T[], statement: (items: readonly T[]) => Statement): readonly Statement[] {
  return items.length === 0 ? [] : [statement(items)]
}

/** Runs groups of statements in one trip, and answers each group's rows. */
async function runNamed<Name extends string>(
  session: Session,
  groups: Readonly<Record<Name, readonly Statement[]>>,
): Promise<Record<Name, Rows>> {
  // Object.keys forgets that the keys are those of `groups`; every one of them is filled below.
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

/** The subject that a command creates, should it not exist. */
function createdSubject(command: Command): readonly SubjectRef[] {
  if (command.type === 'upsertProvider') return [{ kind: 'provider', name: command.name }]
  return command.type === 'upsertPool' ? [{ kind: 'pool', name: command.name }] : []
}
