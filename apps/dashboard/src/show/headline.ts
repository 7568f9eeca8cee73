import type { ProviderStats } from '../data/api.js'
import type { Translate } from '../texts/translate.js'
import { groupOf, type Standing } from './standing.js'

/** A provider and its standing. */
export interface ListedProvider {
  readonly stats: ProviderStats
  readonly standing: Standing
}

/** The state of all keys in one sentence. Providers without a key do not count. */
export function headline(t: Translate, all: readonly ListedProvider[]): string {
  const rows = all.filter(({ standing }) => standing.tone !== 'keyless')
  const { length } = rows
  if (length === 0) return t('standing.noKeys')
  const able = rows.filter(({ stats }) => stats.available).length
  const soon = rows.filter(({ stats, standing }) => stats.available && groupOf(standing) === 'soon').length
  const total = String(length)
  const room =
    able === length
      ? t('standing.allHaveRoom', { count: length, total })
      : able === 0
        ? t('standing.noneHasRoom')
        : t('standing.someHaveRoom', { count: able, able: String(able), total })
  return soon === 0 ? room : t('standing.runningLow', { room, count: soon })
}
