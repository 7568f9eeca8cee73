import { consumerKind, type SubjectModels, type SubjectRef } from '@quotakeeper/quota-core'
import { providerNames, teamNames } from './random-steps.js'

export const poolName = 'p'

export const teamRefs: readonly SubjectRef[] = teamNames.map(teamRef)

/** Providers and teams, in the order in which steps name owners. */
export const ownerRefs: readonly SubjectRef[] = [
  ...providerNames.map(name => ({ kind: 'provider', name }) as const),
  ...teamRefs,
]

export function teamRef(name: string): SubjectRef {
  return { kind: consumerKind, name }
}

export function ofAllModels(ref: SubjectRef): SubjectModels {
  return { ...ref, models: 'all' }
}
