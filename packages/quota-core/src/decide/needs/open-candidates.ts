import type { AcquireCommand, Candidate } from '../../domain/command.js'

/** The candidates of a choice, and those whose quota is locked. */
export interface Candidates {
  readonly candidates: readonly Candidate[]
  readonly busy?: AcquireCommand['busy'] | undefined
}

/** The candidates to decide on: those whose quota no other session has locked. */
export function openCandidates({ candidates, busy }: Candidates): readonly Candidate[] {
  if (busy === undefined) return candidates
  return candidates.filter(({ providerName }) => !busy.has(providerName))
}
