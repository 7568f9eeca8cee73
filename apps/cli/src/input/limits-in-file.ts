import { defaultLimitId } from '@quotakeeper/quota-core/rules'
import { stringify } from 'yaml'
import { dollars } from '../terminal/numbers.js'
import type { LimitInput } from './limit-setting.js'

/**
 * The lines of `quotakeeper.config.yaml` with these limits of a provider: a map by measure, or a list if one of them
 * needs more than its measure and maximum.
 */
export function limitsInFile(providerName: string, limits: readonly LimitInput[]): string {
  const entry = {
    name: providerName,
    limits: limits.every(isInMap)
      ? Object.fromEntries(limits.map(limit => [measureOf(limit), maxOf(limit)]))
      : limits.map(inList),
  }
  return stringify({ providers: [entry] }, { lineWidth: 0 }).trimEnd()
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
  return metric === 'cost' && max !== null ? dollars(max) : max
}
