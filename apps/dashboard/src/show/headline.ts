import type { ProviderStats } from '../data/api.js'
import { groupOf, type Standing } from './standing.js'

/** A provider and its standing. */
export interface ListedProvider {
  readonly stats: ProviderStats
  readonly standing: Standing
}

/** The state of all keys in one sentence. Providers without a key do not count. */
export function headline(all: readonly ListedProvider[]): string {
  const rows = all.filter(({ standing }) => standing.tone !== 'keyless')
  const { length } = rows
  if (length === 0) return 'No keys yet'
  const able = rows.filter(({ stats }) => stats.available).length
  const soon = rows.filter(({ stats, standing }) => stats.available && groupOf(standing) === 'soon').length
  const have = able === 1 ? 'has' : 'have'
  const room =
    able === length
      ? length === 1
        ? 'The key has room'
        : `All ${length} keys have room`
      : able === 0
        ? 'No key has room'
        : `${able} of ${length} keys ${have} room`
  return soon === 0 ? room : `${room}, ${soon} ${soon === 1 ? 'is' : 'are'} running low`
}
