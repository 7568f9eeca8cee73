import { type Snapshot, type SubjectRef, subjectTime, uniqueSubjects } from '@quotakeeper/quota-core'
import type { Database, Session } from '../database/database.js'
import type { AllSettings } from './all-settings.js'
import { withCheckedSession } from './failures.js'
import type { KnownSettings } from './known-settings.js'
import { addSettings, type Loaded, loadedState } from './load-state.js'
import { namesOf } from './statements/attempts.js'
import { readPools, readProviders, readRelatedProviders } from './statements/providers.js'
import {
  readAllState,
  readState,
  readStateWithVersions,
  settingsMarkOf,
  stateOf,
  versionsOf,
} from './statements/state.js'
import { readSubjects } from './statements/subjects.js'
import { beginSnapshot, commit } from './statements/transaction.js'

/** What a process remembers of settings. */
export interface Remembered {
  readonly known: KnownSettings
  readonly all: AllSettings
}

/** The state of some providers, or of all, in one consistent view; attempts that are due are held in it. */
export async function readSnapshot(
  database: Database,
  providerNames: readonly string[] | null,
  remembered: Remembered,
): Promise<Snapshot> {
  const { tables, nowMs: clockMs } = await withCheckedSession(database, session =>
    providerNames === null
      ? loadAll(session, remembered)
      : loadSome(session, providerNames, remembered.known),
  )
  const subjects = subjectsIn(tables)
  return { state: tables, nowMs: subjectTime(tables, subjects, clockMs), clockMs }
}

/** One statement, and so one view, while no setting has changed since they were last read. */
async function loadAll(session: Session, { known, all }: Remembered): Promise<Loaded> {
  const [rows] = await session.run([readAllState])
  const quick = loadedState(stateOf(rows))
  if (all.addTo(quick.tables, settingsMarkOf(rows))) return quick
  const results = await session.run([
    beginSnapshot,
    readSubjects(null),
    readProviders(null),
    readPools(null),
    readAllState,
    commit,
  ])
  const [, subjects, providers, pools, state] = results
  const loaded = loadedState(stateOf(state))
  addSettings(loaded.tables, { subjects, providers, pools })
  all.learn(loaded.tables, settingsMarkOf(state))
  known.learn(loaded.tables)
  return loaded
}

/**
 * Providers of the same pools come along, since what is said of a pool may name them. Who they are is guessed from what is known, to need one trip only; a wrong guess costs another.
 */
async function loadSome(
  session: Session,
  providerNames: readonly string[],
  known: KnownSettings,
): Promise<Loaded> {
  const guess = known.subjectsRelatedTo(providerNames)
  const quick = await loadKnown(session, guess, known)
  if (quick !== null) return quick
  const first = await loadSubjects(session, providerNames, guess)
  const isWhole = first.related.every(subject =>
    guess.some(ref => ref.kind === subject.kind && ref.name === subject.name),
  )
  const { loaded } = isWhole ? first : await loadSubjects(session, providerNames, first.related)
  known.learn(loaded.tables)
  return loaded
}

/**
 * One statement, and so one view, for subjects whose settings are known and still of the same version. Null
 * where they are not.
 */
async function loadKnown(
  session: Session,
  subjects: readonly SubjectRef[],
  known: KnownSettings,
): Promise<Loaded | null> {
  if (!subjects.every(subject => known.of(subject) !== undefined)) return null
  const [rows] = await session.run([readStateWithVersions(subjects)])
  const loaded = loadedState(stateOf(rows))
  for (const { version, ...subject } of versionsOf(rows)) {
    const settings = known.of(subject)
    if (settings === undefined || settings.subject.version !== version) return null
    loaded.tables.apply([settings.owner, { table: 'subject', row: settings.subject }])
  }
  const hasAll = subjects.every(subject => loaded.tables.subject(subject) !== undefined)
  return hasAll ? loaded : null
}

async function loadSubjects(
  session: Session,
  providerNames: readonly string[],
  subjects: readonly SubjectRef[],
): Promise<{ readonly loaded: Loaded; readonly related: readonly SubjectRef[] }> {
  const [, providers, subjectRows, pools, state] = await session.run([
    beginSnapshot,
    readRelatedProviders(providerNames),
    readSubjects(subjects),
    readPools(namesOf(subjects, 'pool')),
    readState({ subjects, attemptIds: [] }),
    commit,
  ])
  const loaded = loadedState(stateOf(state))
  addSettings(loaded.tables, { subjects: subjectRows, providers, pools })
  const related = [...loaded.tables.providers()].flatMap(({ name, pool }): readonly SubjectRef[] => [
    { kind: 'provider', name },
    ...(pool === null ? [] : [{ kind: 'pool', name: pool } as const]),
  ])
  return { loaded, related: uniqueSubjects(related) }
}

function subjectsIn(tables: Loaded['tables']): readonly SubjectRef[] {
  const subjects: SubjectRef[] = []
  for (const { name } of tables.providers()) subjects.push({ kind: 'provider', name })
  for (const { name } of tables.pools()) subjects.push({ kind: 'pool', name })
  return subjects
}
