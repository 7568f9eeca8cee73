import { subjectsOfProvider } from './call-subjects.js'
import type { QuotaState } from './state.js'
import { compareText, providerRef, type SubjectRef } from './subject.js'
import { providerKind } from './subject-kinds.js'

/** Names of the providers in use whose calls a subject's limits count since it is theirs, or above them; ascending. */
export function providersUnder(
  state: Pick<QuotaState, 'members' | 'kinds'>,
  { kind, name }: SubjectRef,
): readonly string[] {
  if (kind === providerKind) return [name]
  return state
    .members({ kind, name })
    .flatMap(member => providersUnder(state, member))
    .sort(compareText)
}

/** A provider, and all in use that share an ancestor with it. */
export function relatedProviders(state: QuotaState, name: string): readonly string[] {
  const [outermost = providerRef(name)] = subjectsOfProvider(state, name)
  return [...new Set([name, ...providersUnder(state, outermost)])]
}
