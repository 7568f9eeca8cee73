import { defaultLimitId, dollarText } from '@quotakeeper/quota-core/rules'
import { stringify } from 'yaml'
import type { LimitInput } from './limit-setting.js'

/** The lists of the configuration file whose entries have limits. */
export type OwnersInFile = 'providers' | 'pools'

/**
 * The lines of `quotakeeper.config.yaml` with these limits of a provider or a pool: a map by measure, or a list if one of them
 * needs more than its measure and maximum.
 */
export function limitsInFile(owners: OwnersInFile, name: string, limits: readonly LimitInput[]): string {
  const entry = {
    name,
    limits: limits.every(isInMap)
      ? Object.fromEntries(limits.map(limit => [measureOf(limit), maxOf(limit)]))
      : limits.map(inList),
  }
  return stringify({ [owners]: [entry] }, { lineWidth: 0 }).trimEnd()
}

function isInMap(limit: LimitInput): boolean {
  const { id, per = null, mode = 'enforce', countsCached = true } = limit
  return (id === undefined || id === measureOf(limit)) && per === null && mode === 'enforce' && countsCached
}

function inList(limit: LimitInput): object {
  const { id, metric, window, model, per, mode, countsCached } = limit
  return {
    ...(id === undefined || id === measureOf(limit) ? {} : { id }),
    ...{ metric, ...(window == null ? {} : { window }), max: maxOf(limit) },
    ...(model == null ? {} : { model }),
    ...(per == null ? {} : { per }),
    ...(mode === 'shadow' ? { mode } : {}),
    ...(countsCached === false ? { countsCached } : {}),
  }
}

function measureOf({ metric, window, model }: LimitInput): string {
  return defaultLimitId({ metric, window: window ?? null, model: model ?? null })
}

/** In dollars for cost; null counts without limiting. */
function maxOf({ metric, max }: LimitInput): number | string | null {
  return metric === 'cost' && max !== null ? dollarText(max) : max
}
