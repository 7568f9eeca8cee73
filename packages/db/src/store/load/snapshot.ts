import {
  BySubject,
  type Candidate,
  type CounterScope,
  counterModels,
  listedLimits,
  listedLimitsOf,
  type ModelGuide,
  modelsOfCalls,
  namedModels,
  type QuotaState,
  QuotaTables,
  type Snapshot,
  type SubjectKinds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
  subjectTime,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Database, Row, Session, Statement } from '../../database/database.js'
import { guessRelated, modelGuide } from '../cache/guess.js'
import type { StateCache } from '../cache/state-cache.js'
import type { Settings } from '../cache/subject-entry.js'
import { withCheckedSession } from '../failures.js'
import { quickLocks } from '../lanes/lock-patience.js'
import { type CounterRequest, readCountersOfChains } from '../statements/counters.js'
import { readOwners, readRelatedProviders } from '../statements/owners.js'
import {
  readAllStateWhole,
  readStateOfKinds,
  readStateWithVersions,
  settingsMarkOf,
  stateOf,
  versionsOf,
} from '../statements/state.js'
import {
  readChains,
  readRef,
  readSettingsMark,
  readSubjects,
  readSubjectsOfKinds,
} from '../statements/subjects.js'
import { beginSnapshot, commit } from '../statements/transaction.js'
import {
  type AskedCounters,
  addCounters,
  addSettings,
  type Loaded,
  loadedState,
  ownersRead,
} from './load-state.js'
import { requestOf } from './requested-counters.js'

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
  const { tables, nowMs: clockMs } = await withCheckedSession(
    database,
    session =>
      providerNames === null
        ? loadAll(session, counters, cache)
        : loadSome(session, { providerNames, counters }, cache),
    quickLocks,
  )
  return { state: tables, nowMs: subjectTime(tables, sharedOf(tables), clockMs), clockMs }
}

/** What a snapshot needs of counters, by the settings that are cached. */
interface Needs extends Required<AskedCounters> {
  readonly request: CounterRequest
}

const noAttempts = { attempt: () => undefined }

/** Whose counters are asked for. */
interface Wanted {
  readonly providerNames: readonly string[]
  readonly counters: CounterScope
  /** Whether it is for stats: these list the models that settings name, whatever is called. */
  readonly servesStats: boolean
}

function needsOf(state: ModelGuide, subjects: readonly SubjectRef[], wanted: Wanted): Needs {
  const { providerNames, counters, servesStats } = wanted
  if (counters === 'all') {
    const whole = subjects.map(({ kind, name }): SubjectModels => ({ kind, name, models: 'all' }))
    return { models: whole, listed: [], request: requestOf(state, whole) }
  }
  const models = [
    ...subjects.map(({ kind, name }): SubjectModels => ({ kind, name, models: [] })),
    ...(counters === 'listed' ? [] : modelsOfCalls(state, callsOf(counters.calls, providerNames))),
    ...(servesStats ? namedModels(state, providerNames) : []),
  ]
  const listed = counters === 'listed' ? listedLimits(state, providerNames) : []
  return { models, listed, request: requestOf(state, mergedModels(models)) }
}

function callsOf(
  calls: Extract<CounterScope, object>['calls'],
  providerNames: readonly string[],
): readonly Candidate[] {
  return calls.flatMap(({ providerName, model }) =>
    (providerName === null ? providerNames : [providerName]).map(name => ({ providerName: name, model })),
  )
}

/** Each subject once: no counter is to be read twice. */
function mergedModels(models: readonly SubjectModels[]): readonly SubjectModels[] {
  const merged = new Map<string, { readonly ref: SubjectRef; readonly models: Set<string> }>()
  for (const { kind, name, models: own } of models) {
    const key = subjectKey({ kind, name })
    const found = merged.get(key) ?? { ref: { kind, name }, models: new Set<string>() }
    for (const model of own) found.models.add(model)
    merged.set(key, found)
  }
  return [...merged.values()].map(({ ref, models: all }) => ({ ...ref, models: [...all] }))
}

/**
 * One statement, and so one view, while no setting has changed since they were last read; else once more with settings
 * that were read before, in a view of their own. Between both no transaction is open: 10,000 providers on a busy machine
 * took this process longer than the server lets one be idle. Where settings change meanwhile, all is read in one view.
 */
async function loadAll(session: Session, counters: CounterScope, cache: StateCache): Promise<Loaded> {
  const consumer = chainsOfCalls(counters, cache.kinds)
  // Others may cache newer settings during the round trip: what is read goes by those of now.
  const settings = counters === 'all' ? cache.allSettings : cache.settingsOfProviders
  const { tables, mark } = settings
  const kinds = counters === 'all' ? null : cache.kinds.ofProviders
  const loadWith = async (known: QuotaTables, knownMark: string): Promise<Loaded | null> => {
    const needs = needsOfAll(known, counters)
    const [rows, ...chains] = await withChains(
      session,
      statementOfAll(needs, counters, cache.kinds),
      consumer,
    )
    if (settingsMarkOf(rows) !== knownMark) return null
    const loaded = loadedState(stateOf(rows), needs, known.kinds)
    loaded.tables.copySettings(known)
    addChains(loaded.tables, consumer, chains)
    return loaded
  }
  const quick = await loadWith(tables, mark)
  if (quick !== null) return quick
  const before = await readEverySetting(session, kinds, { cache, isLast: true })
  const settled = await loadWith(before.tables, before.mark)
  if (settled !== null) {
    settings.put(before.tables, before.mark)
    cache.putSettings(before.tables)
    return settled
  }
  const read = await readEverySetting(session, kinds, { cache, isLast: false })
  const needs = needsOfAll(read.tables, counters)
  const [state, ...chainRows] = await session.run([
    statementOfAll(needs, counters, cache.kinds),
    ...statementsOf(consumer),
    commit,
  ])
  const loaded = loadedState(stateOf(state), needs, tables.kinds)
  loaded.tables.copySettings(read.tables)
  settings.put(read.tables, settingsMarkOf(state))
  cache.putSettings(read.tables)
  addChains(loaded.tables, consumer, chainRows)
  return loaded
}

/** The settings of all subjects of some kinds, or of all, in one view, which stays open unless they are the last of it. */
async function readEverySetting(
  session: Session,
  subjectKinds: readonly SubjectRef['kind'][] | null,
  { cache: { kinds }, isLast }: { readonly cache: StateCache; readonly isLast: boolean },
): Promise<{ readonly tables: QuotaTables; readonly mark: string }> {
  const reads = readOwners(null)
  const [, marks, subjects, ...owners] = await session.run([
    beginSnapshot,
    readSettingsMark(subjectKinds),
    readSubjectsOfKinds(subjectKinds),
    ...reads.map(({ statement }) => statement),
    ...(isLast ? [commit] : []),
  ])
  const tables = new QuotaTables(() => [], { kinds })
  addSettings(tables, { subjects, owners: ownersRead(reads, owners) })
  return { tables, mark: settingsMarkOf(marks) }
}

/** The subjects that a consumer adds to calls, and the models of their counters. Null where calls have no consumer. */
interface CallChains {
  readonly subjects: readonly SubjectRef[]
  readonly models: readonly string[]
}

function chainsOfCalls(counters: CounterScope, kinds: SubjectKinds): CallChains | null {
  if (typeof counters !== 'object') return null
  const subjects = kinds.ofConsumer(counters.consumer ?? '')
  if (subjects.length === 0) return null
  const { calls, endUser } = counters
  return {
    subjects,
    models: [
      ...new Set(
        calls.flatMap(({ model }) => counterModels({ model, ...(endUser !== undefined && { endUser }) })),
      ),
    ],
  }
}

function statementsOf(chains: CallChains | null): readonly Statement[] {
  if (chains === null) return []
  return [readChains(chains.subjects), readCountersOfChains(chains.subjects, chains.models)]
}

/** Runs a statement, and those of the chains in the same view. Answers its rows, then theirs. */
async function withChains(
  session: Session,
  statement: Statement,
  chains: CallChains | null,
): Promise<readonly (readonly Row[])[]> {
  if (chains === null) return session.run([statement])
  const [, ...results] = await session.run([beginSnapshot, statement, ...statementsOf(chains), commit])
  return results
}

function addChains(
  tables: QuotaTables,
  chains: CallChains | null,
  [subjects = [], counters = []]: readonly (readonly Row[])[],
): void {
  if (chains === null) return
  addSettings(tables, { subjects })
  for (const row of subjects) tables.loadModels({ ...readRef(row), models: chains.models })
  addCounters(tables, counters)
}

function statementOfAll(
  { request, listed }: Needs,
  counters: CounterScope,
  { ofProviders }: SubjectKinds,
): Statement {
  return counters === 'all' ? readAllStateWhole : readStateOfKinds(ofProviders, request, listed)
}

function needsOfAll(settings: QuotaTables, counters: CounterScope): Needs {
  const providerNames = [...settings.providers()].map(({ name }) => name)
  const needs = needsOf(settings, subjectsIn(settings), {
    providerNames,
    counters,
    servesStats: counters === 'listed',
  })
  // The counters that models share are read of all subjects anyway.
  const keys = needs.request.keys.filter(({ model }) => model !== '')
  return { ...needs, request: { keys, whole: [] } }
}

/**
 * Providers of the same pools come along, since what is said of a pool may name them. They are guessed from the cache, to
 * need one round trip only; a wrong guess costs another.
 */
async function loadSome(
  session: Session,
  wanted: { readonly providerNames: readonly string[]; readonly counters: CounterScope },
  cache: StateCache,
): Promise<Loaded> {
  const guess = guessRelated(cache, wanted.providerNames)
  const needsIn = (state: ModelGuide): Needs => needsOf(state, guess, { ...wanted, servesStats: true })
  const quick = await loadCached(session, guess, { cache, needsIn })
  if (quick !== null) return quick
  const loaded = await loadSubjects(session, wanted, cache.kinds)
  cache.putSettings(loaded.tables)
  return loaded
}

/**
 * One statement, and so one view, for subjects whose settings are cached and still of the same version. Null
 * where they are not.
 */
async function loadCached(
  session: Session,
  subjects: readonly SubjectRef[],
  { cache, needsIn }: { readonly cache: StateCache; readonly needsIn: (state: ModelGuide) => Needs },
): Promise<Loaded | null> {
  // Others may cache newer settings during the round trip: what is read goes by those of now.
  const settings = new BySubject<Settings>()
  for (const ref of subjects) {
    const known = cache.settings(ref)
    if (known === undefined) return null
    settings.set(ref, known)
  }
  const needs = needsIn(modelGuide(cache, noAttempts))
  const [rows] = await session.run([
    readStateWithVersions({ subjects, counters: needs.request }, needs.listed),
  ])
  const versions = versionsOf(rows)
  const isSame = versions.every(ref => settings.get(ref)?.subject.version === ref.version)
  if (!isSame || versions.length < subjects.length) return null
  const loaded = loadedState(stateOf(rows), needs, cache.kinds)
  for (const { subject, owner } of settings.values())
    loaded.tables.apply([
      { table: 'owner', row: owner },
      { table: 'subject', row: subject },
    ])
  return loaded
}

/** In one view: first the settings, which say which counters to read, and then the state. */
async function loadSubjects(
  session: Session,
  wanted: { readonly providerNames: readonly string[]; readonly counters: CounterScope },
  kinds: SubjectKinds,
): Promise<Loaded> {
  const providers = readRelatedProviders(wanted.providerNames)
  const [, rows = []] = await session.run([beginSnapshot, providers.statement])
  const settings = new QuotaTables(() => [], { holdsAllCounters: false, kinds })
  addSettings(settings, { owners: rows.map(providers.ownerOf) })
  const parents = [...settings.owners()].flatMap(({ parent }) => parent ?? [])
  const related = uniqueSubjects([...settings.owners(), ...parents]).map(({ kind, name }) => ({ kind, name }))
  const reads = parents.length === 0 ? [] : readOwners(uniqueSubjects(parents))
  const [subjects, ...owners] = await session.run([
    readSubjects(related),
    ...reads.map(({ statement }) => statement),
  ])
  addSettings(settings, { subjects, owners: ownersRead(reads, owners) })
  const needs = needsOf(settings, related, { ...wanted, servesStats: true })
  const [state] = await session.run([
    readStateWithVersions({ subjects: related, counters: needs.request }, needs.listed),
    commit,
  ])
  const loaded = loadedState(stateOf(state), needs, kinds)
  loaded.tables.copySettings(settings)
  return loaded
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
  const { tables, nowMs: clockMs } = await withCheckedSession(
    database,
    async session => {
      const chains = uniqueSubjects(subjects.flatMap(ref => cache.kinds.chain(cache.guide, ref)))
      const quick = await loadCached(session, chains, {
        cache,
        needsIn: state => needsOfChains(state, chains),
      })
      if (quick !== null) return quick
      const loaded = await loadChains(session, subjects, cache.kinds)
      cache.putSettingsOfRead(loaded.tables)
      return loaded
    },
    quickLocks,
  )
  return { state: tables, nowMs: subjectTime(tables, sharedOf(tables), clockMs), clockMs }
}

/** In one view: first the settings, which say which counters to read, and then the state. */
async function loadChains(
  session: Session,
  subjects: readonly SubjectRef[],
  kinds: SubjectKinds,
): Promise<Loaded> {
  const [, rows] = await session.run([beginSnapshot, readChains(subjects)])
  const settings = new QuotaTables(() => [], { holdsAllCounters: false, kinds })
  addSettings(settings, { subjects: rows })
  const found = subjectsIn(settings)
  const needs = needsOfChains(settings, found)
  const [state] = await session.run([
    readStateWithVersions({ subjects: found, counters: needs.request }, needs.listed),
    commit,
  ])
  const loaded = loadedState(stateOf(state), needs, kinds)
  loaded.tables.copySettings(settings)
  return loaded
}

function needsOfChains(state: Pick<ModelGuide, 'subject'>, subjects: readonly SubjectRef[]): Needs {
  const models = subjects.map(({ kind, name }): SubjectModels => ({ kind, name, models: [] }))
  return { models, listed: listedLimitsOf(state, subjects), request: requestOf(state, models) }
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

function subjectsIn(tables: QuotaTables): readonly SubjectRef[] {
  return [...tables.owners()].map(({ kind, name }) => ({ kind, name }))
}

function sharedOf(tables: QuotaTables): readonly SubjectModels[] {
  return subjectsIn(tables).map(({ kind, name }) => ({ kind, name, models: [] }))
}
