import { servesModel } from '@quotakeeper/quota-core/rules'
import type { MissingProvider, ReadyProvider, RoutingTable } from './routing-table.js'

/** A provider and the name by which it knows the model. */
export interface Candidate {
  readonly provider: ReadyProvider
  readonly model: string
}

/** Candidates of equal standing. The steps of a name are tried in order. */
export interface Step {
  readonly candidates: readonly Candidate[]
  /** Those that would be candidates if they could be called. */
  readonly missing: readonly MissingProvider[]
  /** Tried only where the step before was not because it was spent, but because nobody knew the model. */
  readonly onlyIfUnknown: boolean
}

/**
 * What a model's name stands for: an alias for its list, in order; `groq_1/NAME` for one key, `groq/NAME`
 * for the keys of a vendor, anything else for every key that serves it. Vendors have names with slashes of
 * their own (`groq/compound`, `openai/gpt-oss-120b`), so where no key of the vendor knows NAME, the whole
 * is tried as a name. Steps without anyone are left out.
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
