import {
  BySubject,
  type CounterScope,
  type ModelGuide,
  QuotaTables,
  type SubjectKinds,
  type SubjectRef,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { Session } from '../../database/database.js'
import { guessRelated, modelGuide } from '../cache/guess.js'
import type { StateCache } from '../cache/state-cache.js'
import type { Settings } from '../cache/subject-entry.js'
import { readOwners, readRelatedProviders } from '../statements/owners.js'
import { readStateWithVersions, stateOf, versionsOf } from '../statements/state.js'
import { readChains, readSubjects } from '../statements/subjects.js'
import { beginSnapshot, commit } from '../statements/transaction.js'
import { addSettings, type Loaded, loadedState, ownersRead } from './load-state.js'
import { type Needs, needsOf, needsOfChains, subjectsIn } from './needed-counters.js'

const noAttempts = { attempt: () => undefined }

/**
 * The state of some providers. Those of the same pools come along, since what is said of a pool may name them. They are guessed from the cache, to
 * need one round trip only; a wrong guess costs another.
 */
export async function loadProviders(
  session: Session,
  wanted: { readonly providerNames: readonly string[]; readonly counters: CounterScope },
  cache: StateCache,
): Promise<Loaded> {
  const guess = guessRelated(cache, wanted.providerNames)
  const needsIn = (state: ModelGuide): Needs => needsOf(state, guess, { ...wanted, servesStats: true })
  const quick = await loadCached(session, guess, { cache, needsIn })
  if (quick !== null) return quick
  const loaded = await loadRelated(session, wanted, cache.kinds)
  cache.putSettings(loaded.tables)
  return loaded
}

/** In one view: first the settings, which say which counters to read, and then the state. */
async function loadRelated(
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

/** The state of some subjects and their ancestors, of kinds whose owners are in the rows of their subjects. */
export async function loadSubjects(
  session: Session,
  subjects: readonly SubjectRef[],
  cache: StateCache,
): Promise<Loaded> {
  const chains = uniqueSubjects(subjects.flatMap(ref => cache.kinds.chain(cache.guide, ref)))
  const needsIn = (state: ModelGuide): Needs => needsOfChains(state, chains)
  const quick = await loadCached(session, chains, { cache, needsIn })
  if (quick !== null) return quick
  const loaded = await loadChains(session, subjects, cache.kinds)
  cache.putSettingsOfRead(loaded.tables)
  return loaded
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
