import { servesModel } from './glob.js'

/** What of a provider decides whether a name of a model concerns it. */
export interface ServingProvider {
  readonly name: string
  readonly vendor: string
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
}

/** The providers that a name stands for, among which the strategy decides. Steps are tried in order. */
export interface ModelStep<P extends ServingProvider> {
  /** The vendor's name of the model. */
  readonly model: string
  readonly providers: readonly P[]
  /** Tried only if the previous step failed because no vendor knew the model, not because keys were spent. */
  readonly onlyIfUnknown: boolean
}

/**
 * Resolves a model's name: an alias to its list, in order; `groq_1/NAME` to one key, `groq/NAME` to the keys of a
 * vendor, anything else to every key that serves it. Vendors also have names with slashes (`groq/compound`,
 * `openai/gpt-oss-120b`), so if no key of the vendor knows NAME, the whole is tried as a name. Empty steps are omitted.
 */
export function modelSteps<P extends ServingProvider>(
  name: string,
  { aliases, providers }: { readonly aliases: Aliases; readonly providers: readonly P[] },
): readonly ModelStep<P>[] {
  const entries = aliases.get(name) ?? [name]
  return entries
    .flatMap(entry => stepsOf(providers, entry))
    .filter(({ providers: serving }) => serving.length > 0)
}

/** Names for lists of models, tried in order. */
type Aliases = ReadonlyMap<string, readonly string[]>

function stepsOf<P extends ServingProvider>(providers: readonly P[], name: string): readonly ModelStep<P>[] {
  const stepOf = (model: string, isMeant: (provider: P) => boolean, onlyIfUnknown = false): ModelStep<P> => ({
    model,
    providers: providers.filter(provider => isMeant(provider) && servesModel(provider.models, model)),
    onlyIfUnknown,
  })
  const slash = name.indexOf('/')
  const prefix = name.slice(0, Math.max(slash, 0))
  const model = name.slice(slash + 1)
  if (prefix === '' || model === '') return [stepOf(name, () => true)]
  if (providers.some(({ vendor }) => vendor === prefix)) {
    const ofVendor = stepOf(model, ({ vendor }) => vendor === prefix)
    const isEmpty = ofVendor.providers.length === 0
    return isEmpty ? [stepOf(name, () => true)] : [ofVendor, stepOf(name, () => true, true)]
  }
  if (providers.some(provider => provider.name === prefix))
    return [stepOf(model, provider => provider.name === prefix)]
  return [stepOf(name, () => true)]
}
