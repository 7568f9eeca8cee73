import {
  type Command,
  concernedSubjects,
  type ModelGuide,
  providerKind,
  type SubjectGuide,
  type SubjectRef,
  subjectKey,
  subjectsOfProvider,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { StateCache } from './state-cache.js'

/** The subjects that a command probably concerns. `attempts` is asked first. */
export function guessSubjects(
  cache: StateCache,
  command: Command,
  attempts: Pick<SubjectGuide, 'attempt'> = cache.tables,
): readonly SubjectRef[] {
  const { kinds, owner, lacksOwner } = cache.ownerGuide
  const guide: SubjectGuide = {
    kinds,
    owner,
    lacksOwner,
    attempt: id => attempts.attempt(id) ?? cache.attempts.get(id),
  }
  return concernedSubjects(guide, command)
}

/** The settings that were last read, to guess which models' counters commands concern. */
export function modelGuide(
  cache: StateCache,
  attempts: Pick<ModelGuide, 'attempt'> = cache.tables,
): ModelGuide {
  return {
    ...cache.ownerGuide,
    attempt: id => attempts.attempt(id),
    provider: name => cache.provider(name),
    subject: ref => cache.settings(ref)?.subject,
  }
}

/** These providers, those that probably share an ancestor with one of them, and their ancestors. */
export function guessRelated(cache: StateCache, providerNames: readonly string[]): readonly SubjectRef[] {
  const owners = cache.ownerGuide
  const chains = providerNames.map(name => subjectsOfProvider(owners, name))
  const shared = new Set(
    chains.flatMap(([outermost, ...below]) => (outermost && below.length > 0 ? [subjectKey(outermost)] : [])),
  )
  if (shared.size > 0) {
    for (const { name } of cache.owners(providerKind)) {
      const chain = subjectsOfProvider(owners, name)
      const [outermost] = chain
      if (chain.length > 1 && outermost && shared.has(subjectKey(outermost))) chains.push(chain)
    }
  }
  return uniqueSubjects(chains.flat())
}
