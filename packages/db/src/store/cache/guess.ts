import {
  type Attempt,
  type Command,
  concernedSubjects,
  type ModelGuide,
  providerKind,
  type SubjectRef,
  subjectKey,
  subjectsOfProvider,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import type { StateCache } from './state-cache.js'

/** The subjects that a command probably concerns. */
export function guessSubjects(cache: StateCache, command: Command): readonly SubjectRef[] {
  return concernedSubjects(cache.guide, command)
}

/** The same, where some attempts are known that are not cached; they come first. */
export function guessSubjectsWith(
  cache: StateCache,
  command: Command,
  attempts: ReadonlyMap<string, Attempt>,
): readonly SubjectRef[] {
  const { guide } = cache
  return concernedSubjects({ ...guide, attempt: id => attempts.get(id) ?? guide.attempt(id) }, command)
}

/** The settings that were last read, to guess which models' counters commands concern. */
export function modelGuide(
  cache: StateCache,
  attempts: Pick<ModelGuide, 'attempt'> = cache.tables,
): ModelGuide {
  return {
    ...cache.guide,
    attempt: id => attempts.attempt(id),
    provider: name => cache.provider(name),
    subject: ref => cache.settings(ref)?.subject,
  }
}

/** These providers, those that probably share an ancestor with one of them, and their ancestors. */
export function guessRelated(cache: StateCache, providerNames: readonly string[]): readonly SubjectRef[] {
  const owners = cache.guide
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
