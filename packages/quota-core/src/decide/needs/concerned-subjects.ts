import type { Command } from '../../domain/command.js'
import { subjectsOfCall } from '../../domain/provider.js'
import type { SubjectRef } from '../../domain/subject.js'
import { openCandidates } from './open-candidates.js'

/** What tells the subjects of a command: a part of any QuotaState. */
export interface SubjectGuide {
  attempt(id: string): { readonly providerName: string; readonly poolName: string | null } | undefined
  provider(name: string): { readonly pool: string | null } | undefined
}

/**
 * The subjects whose locks a command needs, as far as the state tells. A store locks these, loads the
 * state under the locks and asks again: what is missing then, it locks as well, and starts over.
 */
export function concernedSubjects(state: SubjectGuide, command: Command): readonly SubjectRef[] {
  switch (command.type) {
    case 'expire':
      return command.attempts.flatMap(subjectsOfCall)
    case 'rewind':
      return command.subjects
    case 'reserve':
    case 'record':
    case 'observe':
    case 'learnLimits':
    case 'resetUsage':
      return subjectsOfProvider(state, command.providerName)
    case 'acquire': {
      // A repetition answers for the provider that was chosen before, whoever is asked now.
      const repeated = state.attempt(command.id)
      const candidates = openCandidates(command).flatMap(candidate =>
        subjectsOfProvider(state, candidate.providerName),
      )
      return repeated === undefined ? candidates : [...subjectsOfCall(repeated), ...candidates]
    }
    case 'commit':
    case 'release':
    case 'extend': {
      const attempt = state.attempt(command.reservationId)
      if (attempt === undefined) return []
      const subjects = subjectsOfCall(attempt)
      // Settled late, its provider may be in another pool by now, of which the answer tells.
      const isMoved = (state.provider(attempt.providerName)?.pool ?? null) !== attempt.poolName
      return isMoved ? [...subjects, ...subjectsOfProvider(state, attempt.providerName)] : subjects
    }
    case 'upsertProvider': {
      const current = subjectsOfProvider(state, command.name)
      return command.pool ? [...current, { kind: 'pool', name: command.pool }] : current
    }
    case 'removeProvider':
    case 'setProviderEnabled':
    case 'retryProvider':
    case 'retryKey':
      return subjectsOfProvider(state, command.name)
    case 'upsertPool':
    case 'removePool':
      return [{ kind: 'pool', name: command.name }]
  }
}

function subjectsOfProvider(state: SubjectGuide, name: string): readonly SubjectRef[] {
  return subjectsOfCall({ providerName: name, poolName: state.provider(name)?.pool ?? null })
}
