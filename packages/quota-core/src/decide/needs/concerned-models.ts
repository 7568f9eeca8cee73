import { type Attempt, calledModel } from '../../domain/attempt.js'
import { BySubject } from '../../domain/by-subject.js'
import { type OwnerGuide, subjectsOfProvider } from '../../domain/call-subjects.js'
import type { Candidate, Command } from '../../domain/command.js'
import { isGlob } from '../../domain/glob.js'
import { concernsModel, type VersionedLimit } from '../../domain/limit.js'
import type { SubjectModels } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import type { CallParties } from '../../domain/subject-kinds.js'
import type { Call } from '../call-counters.js'
import { concernedSubjects, createdSubject } from './concerned-subjects.js'
import { openCandidates } from './open-candidates.js'

/** What tells the models that commands meet: a part of any QuotaState. */
export interface ModelGuide extends OwnerGuide {
  attempt(id: string): Attempt | undefined
  provider(name: string): { readonly models: readonly string[] } | undefined
  subject(ref: SubjectRef): { readonly limits: readonly VersionedLimit[] } | undefined
}

/**
 * Of which models the commands look at counters, each subject once: those of the calls, and those that settings name,
 * which answers to settlements tell of. As far as the state tells: a store loads these, asks again when it knows the
 * settings, and loads what is missing then.
 */
export function concernedModels(state: ModelGuide, commands: readonly Command[]): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const command of commands) addModels(found, state, { command, commands })
  return found.list()
}

/** Of which models there are counters to look at for the stats of providers: those that settings name. */
export function namedModels(state: ModelGuide, providerNames: Iterable<string>): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const name of providerNames) found.addNamed(name)
  return found.list()
}

/** The same for calls to these models of a provider, for a consumer; `''` for nobody in particular. */
export function modelsOfCalls(
  state: ModelGuide,
  calls: Iterable<Candidate>,
  consumer: string = '',
): readonly SubjectModels[] {
  const found = new FoundModels(state)
  for (const { providerName, model } of calls) found.addNow({ providerName, model, consumer })
  return found.list()
}

/** Which counter a row is of. */
export interface CounterKey {
  readonly subject: SubjectRef
  readonly limitId: string
  /** `''` for the one that models share. */
  readonly model: string
}

/** The counters that there may be of these models, and those that models share. None of `all`. */
export function counterKeys(
  limits: readonly VersionedLimit[],
  { kind, name, models }: SubjectModels,
): readonly CounterKey[] {
  const keys: CounterKey[] = []
  if (models === 'all') return keys
  const subject: SubjectRef = { kind, name }
  for (const limit of limits) {
    // One that tells models apart keeps its time there, see keepTime.
    keys.push({ subject, limitId: limit.id, model: '' })
    if (limit.per === null) continue
    for (const model of models) {
      if (concernsModel(limit, model)) keys.push({ subject, limitId: limit.id, model })
    }
  }
  return keys
}

/** The models that settings name and that the limit counts apart. */
export function namedModelsOf(limit: VersionedLimit, models: readonly string[]): readonly string[] {
  if (limit.per === null) return []
  const served = models.filter(model => !isGlob(model) && concernsModel(limit, model))
  const own = limit.model !== null && !isGlob(limit.model) ? [limit.model] : []
  return [...new Set([...served, ...own])]
}

/** Collects models by subject. */
class FoundModels {
  readonly #state: ModelGuide
  readonly #models = new BySubject<Set<string> | 'all'>()
  readonly #subjects: SubjectRef[] = []
  readonly #named = new Set<string>()
  #last: Call | null = null

  constructor(state: ModelGuide) {
    this.#state = state
  }

  list(): readonly SubjectModels[] {
    return this.#subjects.map(({ kind, name }) => {
      const models = this.#models.get({ kind, name }) ?? noModels
      return { kind, name, models: models === 'all' ? models : [...models] }
    })
  }

  /** What the model's call meets, of the subjects that it was made with. */
  addCall(call: Call): void {
    const { subjects, model } = call
    const last = this.#last
    // As nearly always in a batch: the same was called again.
    if (last?.subjects === subjects && last.model === model) return
    this.#last = call
    for (const ref of subjects) this.#add(ref, model)
  }

  /** What a call to the model would meet now. */
  addNow(call: Candidate & CallParties): void {
    this.addCall({ subjects: this.#state.kinds.ofCall(this.#state, call), model: call.model })
  }

  /** What the provider's own limits and its pool's count of the model. */
  addOfProvider(providerName: string, model: string): void {
    this.addCall({ subjects: subjectsOfProvider(this.#state, providerName), model })
  }

  /** What the provider's stats list, whatever is called. */
  addNamed(providerName: string): void {
    if (this.#named.has(providerName)) return
    this.#named.add(providerName)
    const served = this.#state.provider(providerName)?.models ?? []
    for (const ref of subjectsOfProvider(this.#state, providerName)) {
      const models = this.#of(ref)
      if (models === 'all') continue
      for (const limit of this.#state.subject(ref)?.limits ?? []) {
        for (const model of namedModelsOf(limit, served)) models.add(model)
      }
    }
  }

  /** Every counter of the subjects. */
  addAll(refs: readonly SubjectRef[]): void {
    for (const ref of refs) {
      this.#of(ref)
      this.#models.set(ref, 'all')
    }
  }

  /** The counters that models share. */
  addShared(ref: SubjectRef): void {
    this.#of(ref)
  }

  #add(ref: SubjectRef, model: string): void {
    const models = this.#of(ref)
    if (models === 'all' || model === '' || models.has(model)) return
    const limits = this.#state.subject(ref)?.limits ?? []
    if (limits.some(limit => limit.per !== null && concernsModel(limit, model))) models.add(model)
  }

  #of(ref: SubjectRef): Set<string> | 'all' {
    const known = this.#models.get(ref)
    if (known !== undefined) return known
    const made = new Set<string>()
    this.#models.set(ref, made)
    this.#subjects.push(ref)
    return made
  }
}

const noModels: ReadonlySet<string> = new Set()

/** A command, and the batch that it is in. */
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
      for (const candidate of openCandidates(command))
        found.addNow({ ...candidate, consumer: command.consumer })
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
      // Settled late, its provider may be in another pool by now, of which the answer tells.
      found.addOfProvider(attempt.providerName, calledModel(attempt))
      found.addNamed(attempt.providerName)
      return
    }
    case 'extend':
      addRepeated(found, state, command.reservationId)
      return
    case 'learnLimits':
    case 'resetUsage':
    case 'rewind':
    // What was learned of limits is forgotten with it.
    case 'retryProvider':
      found.addAll(concernedSubjects(state, command))
      return
    case 'upsertProvider':
    case 'upsertSubject':
      for (const ref of concernedSubjects(state, command)) found.addShared(ref)
      found.addAll(state.kinds.chain(state, createdSubject(command) ?? providerRef(command.name)))
      return
    case 'removeSubject':
    case 'setProviderEnabled':
    case 'retryKey':
      for (const ref of concernedSubjects(state, command)) found.addShared(ref)
      return
    default:
      command satisfies never
  }
}

/** What settles an attempt that the same batch makes. */
function addMade(found: FoundModels, id: string | null, commands: readonly Command[]): void {
  for (const command of commands) {
    if ((command.type !== 'reserve' && command.type !== 'acquire') || command.id !== id) continue
    for (const { providerName, model } of command.type === 'acquire' ? openCandidates(command) : [command]) {
      found.addNow({ providerName, model, consumer: command.consumer })
      found.addNamed(providerName)
    }
  }
}

function addRepeated(found: FoundModels, state: ModelGuide, id: string): void {
  const attempt = state.attempt(id)
  if (attempt !== undefined) found.addCall(attempt)
}
