import {
  type CounterScope,
  counterModels,
  QuotaTables,
  type SubjectKinds,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import type { Row, Session, Statement } from '../../database/database.js'
import type { StateCache } from '../cache/state-cache.js'
import { readCountersOfChains } from '../statements/counters.js'
import { readOwners } from '../statements/owners.js'
import { readAllStateWhole, readStateOfKinds, settingsMarkOf, stateOf } from '../statements/state.js'
import { readChains, readRef, readSettingsMark, readSubjectsOfKinds } from '../statements/subjects.js'
import { beginSnapshot, commit } from '../statements/transaction.js'
import { addCounters, addSettings, type Loaded, loadedState, ownersRead } from './load-state.js'
import { type Needs, needsOfAll } from './needed-counters.js'

/**
 * The state of all subjects, or of all providers with what a consumer adds to the calls.
 *
 * One statement, and so one view, while no setting has changed since they were last read; else once more with settings
 * that were read before, in a view of their own. Between both no transaction is open: 10,000 providers on a busy machine
 * took this process longer than the server lets one be idle. Where settings change meanwhile, all is read in one view.
 */
export async function loadAll(session: Session, counters: CounterScope, cache: StateCache): Promise<Loaded> {
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
