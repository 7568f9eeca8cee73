import { matchesGlob, servesModel } from '../../domain/glob.js'
import type { Reason } from '../../domain/outcome.js'
import type { Consumer, Provider } from '../../domain/owner.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { consumerKind } from '../../domain/subject-kinds.js'
import type { Call } from '../call-counters.js'

/**
 * Why the settings of consumers, or those of a provider that serves only some of them, bar a call, whatever its size.
 * Every ancestor must allow it. A call without a model is barred where only some models are allowed.
 */
export function consumerReasons(
  state: QuotaState,
  provider: Provider,
  { subjects, model, consumer }: Call & { readonly consumer: string },
): readonly Reason[] {
  if (consumer === '' && provider.consumers === null) return noReasons
  const reasons: Reason[] = []
  const against = ({ kind, name }: SubjectRef, code: Reason['code']): void => {
    reasons.push({ subject: { kind, name }, limitId: null, code, retryAt: null })
  }
  const consumers = subjects.flatMap(ref => consumerOf(state, ref))
  for (const owner of consumers) {
    if (!owner.enabled) against(owner, 'disabled')
    if (!allowsModel(owner, model)) against(owner, 'model_not_allowed')
    if (!allowsProvider(owner, provider.name)) against(owner, 'provider_not_allowed')
  }
  const { consumers: served } = provider
  // A name that is not registered is a label, and may be served as such.
  const isServed =
    served === null || [consumer, ...consumers.map(({ name }) => name)].some(name => served.includes(name))
  if (!isServed) against(providerRef(provider.name), 'provider_not_allowed')
  return reasons
}

const noReasons: readonly Reason[] = []

function consumerOf(state: QuotaState, ref: SubjectRef): readonly Consumer[] {
  const owner = ref.kind === consumerKind ? state.owner(ref) : undefined
  return owner?.kind === consumerKind ? [owner] : []
}

function allowsModel({ models }: Consumer, model: string): boolean {
  return model === '' ? models.includes('*') : servesModel(models, model)
}

function allowsProvider({ providers }: Consumer, name: string): boolean {
  return providers === null || providers.some(glob => matchesGlob(glob, name))
}
