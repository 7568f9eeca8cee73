import { servesModel } from '@quotakeeper/quota-core/rules'
import type { MissingProvider, ReadyProvider, RoutingTable } from './routing-table.js'

/** A provider and its name of the model. */
export interface Candidate {
  readonly provider: ReadyProvider
  readonly model: string
}

/** Candidates of equal priority. The steps of a name are tried in order. */
export interface Step {
  readonly candidates: readonly Candidate[]
  /** Providers that would be candidates if they were callable. */
  readonly missing: readonly MissingProvider[]
  /** Tried only if the previous step failed because no vendor knew the model, not because keys were spent. */
  readonly onlyIfUnknown: boolean
}

/**
 * Resolves a model's name: an alias to its list, in order; `groq_1/NAME` to one key, `groq/NAME` to the keys of a
 * vendor, anything else to every key that serves it. Vendors also have names with slashes (`groq/compound`,
 * `openai/gpt-oss-120b`), so if no key of the vendor knows NAME, the whole is tried as a name. Empty steps are omitted.
 */
export function resolveModel(table: RoutingTable, name: string): readonly Step[] {
  const entries = table.aliases.get(name) ?? [name]
  return entries
    .flatMap(entry => stepsOf(table, entry))
    .filter(step => step.candidates.length > 0 || step.missing.length > 0)
}

function stepsOf(table: RoutingTable, name: string): readonly Step[] {
  const everywhere = stepOf(table, { model: name, accepts: () => true, onlyIfUnknown: false })
  const slash = name.indexOf('/')
  const prefix = name.slice(0, Math.max(slash, 0))
  const model = name.slice(slash + 1)
  if (prefix === '' || model === '') return [everywhere]
  const all = [...table.ready, ...table.missing]
  if (all.some(provider => provider.vendor === prefix)) {
    const ofVendor = stepOf(table, {
      model,
      accepts: provider => provider.vendor === prefix,
      onlyIfUnknown: false,
    })
    const isEmpty = ofVendor.candidates.length + ofVendor.missing.length === 0
    return isEmpty ? [everywhere] : [ofVendor, { ...everywhere, onlyIfUnknown: true }]
  }
  if (all.some(provider => provider.name === prefix)) {
    return [stepOf(table, { model, accepts: provider => provider.name === prefix, onlyIfUnknown: false })]
  }
  return [everywhere]
}

function stepOf(
  table: RoutingTable,
  wanted: {
    readonly model: string
    readonly accepts: (provider: { readonly name: string; readonly vendor: string }) => boolean
    readonly onlyIfUnknown: boolean
  },
): Step {
  const { model, accepts, onlyIfUnknown } = wanted
  const fits = (provider: ReadyProvider | MissingProvider): boolean =>
    accepts(provider) && servesModel(provider.models, model)
  return {
    candidates: table.ready.filter(fits).map(provider => ({ provider, model })),
    missing: table.missing.filter(fits),
    onlyIfUnknown,
  }
}
