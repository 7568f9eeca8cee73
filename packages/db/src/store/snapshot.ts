import {
  expireDue,
  type Snapshot,
  type SubjectRef,
  subjectTime,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Database, Session } from '../database/database.js'
import { withCheckedSession } from './failures.js'
import type { KnownSettings } from './known-settings.js'
import { addSettings, type Loaded, loadedState } from './load-state.js'
import { namesOf } from './statements/attempts.js'
import { readPools, readProviders, readRelatedProviders } from './statements/providers.js'
import { readAllState, readState, stateOf } from './statements/state.js'
import { readSubjects } from './statements/subjects.js'
import { beginSnapshot, commit } from './statements/transaction.js'

/** The state of some providers, or of all, in one consistent view, attempts that are due expired in it. */
export async function readSnapshot(
  database: Database,
  providerNames: readonly string[] | null,
  known: KnownSettings,
): Promise<Snapshot> {
  const { tables, nowMs: clockMs } = await withCheckedSession(database, session =>
    providerNames === null ? loadAll(session) : loadSome(session, providerNames, known),
  )
  known.learn(tables)
  const subjects = subjectsIn(tables)
  const nowMs = subjectTime(tables, subjects, clockMs)
  expireDue(tables, subjects, nowMs)
  return { state: tables, nowMs }
}

async function loadAll(session: Session): Promise<Loaded> {
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
  return loaded
}

/**
 * Providers of the same pools come along: attempts of theirs that are due concern the pool, too. Who they
 * are is guessed from what is known, to need one trip only; a wrong guess costs another.
 */
async function loadSome(
  session: Session,
  providerNames: readonly string[],
  known: KnownSettings,
): Promise<Loaded> {
  const guess = known.subjectsRelatedTo(providerNames)
  const first = await loadSubjects(session, providerNames, guess)
  if (
    first.related.every(subject => guess.some(ref => ref.kind === subject.kind && ref.name === subject.name))
  ) {
    return first.loaded
  }
  const second = await loadSubjects(session, providerNames, first.related)
  return second.loaded
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
    readState({ subjects, attemptIds: [], withUsage: true }),
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
