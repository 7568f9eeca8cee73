import type { AcquireCommand, Candidate } from '../../domain/command.js'

/** Whom a choice is among, and who is left out. */
export interface Candidates {
  readonly candidates: readonly Candidate[]
  readonly busy?: AcquireCommand['busy'] | undefined
}

/** The candidates that are to be decided on: those whose quota nobody else has locked. */
export function openCandidates({ candidates, busy }: Candidates): readonly Candidate[] {
  if (busy === undefined) return candidates
  return candidates.filter(({ providerName }) => !busy.has(providerName))
}
