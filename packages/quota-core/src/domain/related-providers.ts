import { subjectsOfProvider } from './call-subjects.js'
import type { QuotaState } from './state.js'
import { compareText, providerRef, type SubjectRef } from './subject.js'
import { providerKind } from './subject-kinds.js'

/** Names of the providers in use that are the subject or are below it, whose calls its limits count; ascending. */
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

/** A provider and all providers in use that share an ancestor with it. */
export function relatedProviders(state: QuotaState, name: string): readonly string[] {
  const [outermost = providerRef(name)] = subjectsOfProvider(state, name)
  return [...new Set([name, ...providersUnder(state, outermost)])]
}
