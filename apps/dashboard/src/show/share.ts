import type { LimitState } from '../data/api.js'

/** The spent fraction of a limit, 0…1; 0 without a max. */
export function limitShare({ max, used, observed }: Pick<LimitState, 'max' | 'used' | 'observed'>): number {
  if (max === null) return 0
  return max === 0 ? 1 : Math.min(1, (used + observed) / max)
}
