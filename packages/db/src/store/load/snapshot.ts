import {
  type CounterScope,
  type QuotaState,
  QuotaTables,
  type Snapshot,
  type SubjectKinds,
  type SubjectRef,
  subjectTime,
} from '@quotakeeper/quota-core'
import type { Database, Session } from '../../database/database.js'
import type { StateCache } from '../cache/state-cache.js'
import { withCheckedSession } from '../failures.js'
import { quickLocks } from '../lanes/lock-patience.js'
import { readChains } from '../statements/subjects.js'
import { loadAll } from './load-all.js'
import { loadProviders, loadSubjects } from './load-some.js'
import { addSettings, type Loaded } from './load-state.js'
import { subjectsIn } from './needed-counters.js'

/** Of which providers to read the state, and which counters. */
export interface SnapshotRequest {
  /** Null for all. */
  readonly providerNames: readonly string[] | null
  readonly counters: CounterScope
}

/**
 * The state of some providers, or of all, in one consistent view; attempts that are due are held in it. It has the
 * counters that models share, and those that are asked for.
 */
export async function readSnapshot(
  database: Database,
  request: SnapshotRequest,
  cache: StateCache,
): Promise<Snapshot> {
  const { providerNames, counters } = request
  const loaded = await withCheckedSession(
    database,
    session =>
      providerNames === null
        ? loadAll(session, counters, cache)
        : loadProviders(session, { providerNames, counters }, cache),
    quickLocks,
  )
  return snapshotOf(loaded)
}

/**
 * The state of some subjects and their ancestors, of kinds whose owners are in the rows of their subjects, with what
 * stats list of them.
 */
export async function readSubjectsState(
  database: Database,
  subjects: readonly SubjectRef[],
  cache: StateCache,
): Promise<Snapshot> {
  const load = (session: Session): Promise<Loaded> => loadSubjects(session, subjects, cache)
  return snapshotOf(await withCheckedSession(database, load, quickLocks))
}

/** The settings of some subjects and their ancestors, of such kinds: in one statement. */
export async function readSettings(
  database: Database,
  subjects: readonly SubjectRef[],
  kinds: SubjectKinds,
): Promise<QuotaState> {
  const statement = readChains(subjects)
  const [rows] = await withCheckedSession(database, session => session.run([statement]), quickLocks)
  const settings = new QuotaTables(() => [], { holdsAllCounters: false, kinds })
  addSettings(settings, { subjects: rows })
  return settings
}

function snapshotOf({ tables, nowMs: clockMs }: Loaded): Snapshot {
  const shared = subjectsIn(tables).map(({ kind, name }) => ({ kind, name, models: [] }))
  return { state: tables, nowMs: subjectTime(tables, shared, clockMs), clockMs }
}
