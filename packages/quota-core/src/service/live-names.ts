import type { QuotaState } from '../domain/state.js'
import { compareText } from '../domain/subject.js'

/** The names of the providers in use, in order. */
export function liveNames(state: QuotaState): readonly string[] {
  const live = [...state.providers()].filter(provider => provider.removedAtMs === null)
  return live.map(provider => provider.name).sort(compareText)
}
