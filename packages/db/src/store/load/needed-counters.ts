import {
  type Candidate,
  type CounterScope,
  listedLimits,
  listedLimitsOf,
  type ModelGuide,
  modelsOfCalls,
  namedModels,
  type QuotaTables,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { CounterRequest } from '../statements/counters.js'
import type { AskedCounters } from './load-state.js'
import { requestOf } from './requested-counters.js'

/** What a snapshot needs of counters, by the settings that are cached. */
export interface Needs extends Required<AskedCounters> {
  readonly request: CounterRequest
}

/** Whose counters are asked for. */
export interface Wanted {
  readonly providerNames: readonly string[]
  readonly counters: CounterScope
  /** Whether it is for stats: these list the models that settings name, whatever is called. */
  readonly servesStats: boolean
}

/** What the state of some subjects needs. */
export function needsOf(state: ModelGuide, subjects: readonly SubjectRef[], wanted: Wanted): Needs {
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

/** What the stats of some subjects need. */
export function needsOfChains(state: Pick<ModelGuide, 'subject'>, subjects: readonly SubjectRef[]): Needs {
  const models = subjects.map(({ kind, name }): SubjectModels => ({ kind, name, models: [] }))
  return { models, listed: listedLimitsOf(state, subjects), request: requestOf(state, models) }
}

/** What the state of all subjects with these settings needs. */
export function needsOfAll(settings: QuotaTables, counters: CounterScope): Needs {
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

/** The subjects in the tables. */
export function subjectsIn(tables: QuotaTables): readonly SubjectRef[] {
  return [...tables.owners()].map(({ kind, name }) => ({ kind, name }))
}
