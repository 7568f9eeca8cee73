import { type Attempt, calledModel } from '../../domain/attempt.js'
import { BySubject } from '../../domain/by-subject.js'
import { type OwnerGuide, subjectsOfProvider } from '../../domain/call-subjects.js'
import type { AcquireCommand, Candidate, Command } from '../../domain/command.js'
import { isGlob } from '../../domain/glob.js'
import {
  type CountedBy,
  concernsModel,
  counterModel,
  mayCountApart,
  type VersionedLimit,
} from '../../domain/limit.js'
import type { SubjectModels } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import type { CallParties } from '../../domain/subject-kinds.js'
import type { Call } from '../call-counters.js'
import { concernedSubjects, createdSubject } from './concerned-subjects.js'
import { openCandidates } from './open-candidates.js'

/** The part of a QuotaState that determines the models of commands. */
export interface ModelGuide extends OwnerGuide {
  attempt(id: string): Attempt | undefined
  provider(name: string): { readonly models: readonly string[] } | undefined
  subject(ref: SubjectRef): { readonly limits: readonly VersionedLimit[] } | undefined
}

/**
 * The models whose counters the commands read, each subject once: models of the calls, and models named in settings,
 * which settlement answers list. Computed from what the state holds: a store loads these, calls again when it knows the
 * settings, and loads what is still missing.
 */
export function concernedModels(state: ModelGuide, commands: readonly Command[]): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const command of commands) addModels(found, state, { command, commands })
  return found.list()
}

/** The models whose counters the stats of providers read: those named in settings. */
export function namedModels(state: ModelGuide, providerNames: Iterable<string>): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const name of providerNames) found.addNamed(name)
  return found.list()
}

/** The models whose counters calls to these models of a provider read. */
export function modelsOfCalls(
  state: ModelGuide,
  calls: Iterable<Candidate>,
  { consumer = '', endUser = '' }: { readonly consumer?: string; readonly endUser?: string } = {},
): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const { providerName, model } of calls) found.addNow({ providerName, model, consumer, endUser })
  return found.list()
}

/** The key of a counter. */
export interface CounterKey {
  readonly subject: SubjectRef
  readonly limitId: string
  /** `''` for the counter shared by all models. */
  readonly model: string
}

/** The keys of counters that may exist for these models, and of the shared ones. Empty for `all`. */
export function counterKeys(
  limits: readonly VersionedLimit[],
  { kind, name, models }: SubjectModels,
): readonly CounterKey[] {
  const keys: CounterKey[] = []
  if (models === 'all') return keys
  const subject: SubjectRef = { kind, name }
  for (const limit of limits) {
    // A limit per model keeps its time there: see `keepTime`.
    keys.push({ subject, limitId: limit.id, model: '' })
    for (const model of models) {
      if (mayCountApart(limit, model)) keys.push({ subject, limitId: limit.id, model })
    }
  }
  return keys
}

/** The models named in settings that the limit counts separately. */
export function namedModelsOf(limit: VersionedLimit, models: readonly string[]): readonly string[] {
  if (limit.per !== 'model') return []
  const served = models.filter(model => !isGlob(model) && concernsModel(limit, model))
  const own = limit.model !== null && !isGlob(limit.model) ? [limit.model] : []
  return [...new Set([...served, ...own])]
}

/** Collects models by subject. */
class FoundModels {
  readonly #state: ModelGuide
  readonly #found = new BySubject<Found>()
  readonly #all: Found[] = []
  readonly #named = new Set<string>()
  #last: Call | null = null

  constructor(state: ModelGuide) {
    this.#state = state
  }

  list(): readonly SubjectModels[] {
    return this.#all.map(({ ref: { kind, name }, models }) => {
      return { kind, name, models: models === 'all' ? models : models === null ? noModels : [...models] }
    })
  }

  /** Adds the model for the subjects that the call was made with. */
  addCall(call: Call): void {
    const { subjects, model, endUser = '' } = call
    const last = this.#last
    // The usual case in a batch: the same model was called again.
    if (last?.subjects === subjects && last.model === model && (last.endUser ?? '') === endUser) return
    this.#last = call
    for (const ref of subjects) this.#add(ref, call)
  }

  /** Adds the model for the subjects of a call made now. */
  addNow(call: Candidate & CallParties & CountedBy): void {
    const { model, endUser = '' } = call
    this.addCall({ subjects: this.#state.kinds.ofCall(this.#state, call), model, endUser })
  }

  /** Adds the model for the provider and its pool. */
  addOfProvider(providerName: string, model: string): void {
    this.addCall({ subjects: subjectsOfProvider(this.#state, providerName), model })
  }

  /** Adds the models that the provider's stats always list. */
  addNamed(providerName: string): void {
    if (this.#named.has(providerName)) return
    this.#named.add(providerName)
    const served = this.#state.provider(providerName)?.models ?? []
    for (const ref of subjectsOfProvider(this.#state, providerName)) {
      const found = this.#of(ref)
      if (found.models === 'all') continue
      for (const limit of this.#state.subject(ref)?.limits ?? []) {
        for (const model of namedModelsOf(limit, served)) put(found, model)
      }
    }
  }

  /** Adds every counter of the subjects. */
  addAll(refs: readonly SubjectRef[]): void {
    for (const ref of refs) this.#of(ref).models = 'all'
  }

  /** Adds the shared counters. */
  addShared(ref: SubjectRef): void {
    this.#of(ref)
  }

  #add(ref: SubjectRef, call: CountedBy): void {
    const found = this.#of(ref)
    if (found.models === 'all') return
    for (const limit of this.#state.subject(ref)?.limits ?? []) {
      if (limit.per === null || !concernsModel(limit, call.model)) continue
      const model = counterModel(limit, call)
      if (model !== '') put(found, model)
    }
  }

  #of(ref: SubjectRef): Found {
    const known = this.#found.get(ref)
    if (known !== undefined) return known
    const found: Found = { ref, models: null }
    this.#found.set(ref, found)
    this.#all.push(found)
    return found
  }
}

/** What was found of a subject. */
interface Found {
  readonly ref: SubjectRef
  /** Null while it is none, as of most subjects. */
  models: Set<string> | 'all' | null
}

function put(found: Found, model: string): void {
  if (found.models === 'all') return
  if (found.models === null) found.models = new Set([model])
  else found.models.add(model)
}

const noModels: readonly string[] = []

/** A command and its batch. */
interface InBatch {
  readonly command: Command
  readonly commands: readonly Command[]
}

function addModels(found: FoundModels, state: ModelGuide, { command, commands }: InBatch): void {
  switch (command.type) {
    case 'expire':
      for (const attempt of command.attempts) found.addCall(attempt)
      return
    case 'reserve':
      addRepeated(found, state, command.id)
      found.addNow(command)
      return
    case 'acquire':
      addRepeated(found, state, command.id)
      for (const { providerName, model } of openCandidates(command))
        found.addNow(partiesOf(command, { providerName, model }))
      return
    case 'record':
      found.addNow(command)
      found.addNamed(command.providerName)
      return
    case 'observe': {
      const attempt = command.reservationId === null ? undefined : state.attempt(command.reservationId)
      if (command.model !== null || attempt !== undefined)
        found.addOfProvider(command.providerName, command.model ?? (attempt && calledModel(attempt)) ?? '')
      else addMade(found, command.reservationId, commands)
      found.addOfProvider(command.providerName, '')
      found.addNamed(command.providerName)
      return
    }
    case 'commit':
    case 'release': {
      const attempt = state.attempt(command.reservationId)
      if (attempt === undefined) {
        addMade(found, command.reservationId, commands)
        return
      }
      found.addCall(attempt)
      // A late settlement's provider may be in another pool by now, whose limits the answer lists.
      found.addOfProvider(attempt.providerName, calledModel(attempt))
      found.addNamed(attempt.providerName)
      return
    }
    case 'extend':
      addRepeated(found, state, command.reservationId)
      return
    case 'learnLimits':
    case 'resetUsage':
    case 'grantQuota':
    case 'rewind':
    // It also removes learned limits.
    case 'retryProvider':
      found.addAll(concernedSubjects(state, command))
      return
    case 'upsertProvider':
    case 'upsertSubject':
    case 'upsertConsumer':
      for (const ref of concernedSubjects(state, command)) found.addShared(ref)
      found.addAll(state.kinds.chain(state, createdSubject(command) ?? providerRef(command.name)))
      return
    case 'removeSubject':
    case 'setEnabled':
    case 'retryKey':
      for (const ref of concernedSubjects(state, command)) found.addShared(ref)
      return
    default:
      command satisfies never
  }
}

/** Adds the models of a settlement whose attempt is created in the same batch. */
function addMade(found: FoundModels, id: string | null, commands: readonly Command[]): void {
  for (const command of commands) {
    if ((command.type !== 'reserve' && command.type !== 'acquire') || command.id !== id) continue
    for (const { providerName, model } of command.type === 'acquire' ? openCandidates(command) : [command]) {
      found.addNow(partiesOf(command, { providerName, model }))
      found.addNamed(providerName)
    }
  }
}

function partiesOf(
  { consumer, endUser = '' }: Pick<AcquireCommand, 'consumer' | 'endUser'>,
  candidate: Candidate,
): Candidate & CallParties & CountedBy {
  return { ...candidate, consumer, endUser }
}

function addRepeated(found: FoundModels, state: ModelGuide, id: string): void {
  const attempt = state.attempt(id)
  if (attempt !== undefined) found.addCall(attempt)
}
