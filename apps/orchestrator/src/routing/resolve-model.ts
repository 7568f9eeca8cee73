import { modelSteps } from '@quotakeeper/quota-core/rules'
import type { MissingProvider, ReadyProvider, RoutingTable } from './routing-table.js'

/** A provider and its name of the model. */
export interface Candidate {
  readonly provider: ReadyProvider
  readonly model: string
}

/** Candidates of equal rank. The steps of a name are tried in order. */
export interface Step {
  readonly candidates: readonly Candidate[]
  /** Providers that would be candidates if they were callable. */
  readonly missing: readonly MissingProvider[]
  /** Tried only if the previous step failed because no vendor knew the model, not because keys were spent. */
  readonly onlyIfUnknown: boolean
}

/** Resolves a model's name to steps, by the rule of {@link modelSteps}. */
export function resolveModel(table: RoutingTable, name: string): readonly Step[] {
  const { aliases, ready, missing } = table
  const steps = modelSteps<ReadyProvider | MissingProvider>(name, {
    aliases,
    providers: [...ready, ...missing],
  })
  return steps.map(({ model, providers, onlyIfUnknown }) => ({
    candidates: providers.flatMap(provider => (isMissing(provider) ? [] : [{ provider, model }])),
    missing: providers.filter(isMissing),
    onlyIfUnknown,
  }))
}

function isMissing(provider: ReadyProvider | MissingProvider): provider is MissingProvider {
  return 'reason' in provider
}
