import { defaultLimitId } from '@quotakeeper/quota-core/rules'
import type { Consumer, Provider } from '../data/api.js'
import type { Translate } from '../texts/translate.js'

type Limit = Provider['limits'][number] | Consumer['limits'][number]

export const draftWindows = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'total',
  'rolling-60s',
  'rolling-1h',
  'rolling-1d',
] as const

/** A limit while it is edited. */
export interface DraftLimit {
  readonly metric: Limit['metric']
  /** Not used by `concurrency`, which has none. */
  readonly window: NonNullable<Limit['window']>
  /** Empty counts without limiting. Cost is in dollars. */
  readonly max: string
  /** Empty for every model. */
  readonly model: string
  readonly perModel: boolean
  /** Only of consumers. */
  readonly perUser: boolean
  readonly mode: Limit['mode']
  /** The original limit, whose fields that are not shown must be kept; null for a new one. */
  readonly before: Limit | null
}

export const emptyDraft: DraftLimit = {
  metric: 'requests',
  window: 'day',
  max: '',
  model: '',
  perModel: false,
  perUser: false,
  mode: 'enforce',
  before: null,
}

export function draftOf(limit: Limit): DraftLimit {
  const { metric, window, max, model, per, mode } = limit
  const text = max === null ? '' : String(metric === 'cost' ? max / 1_000_000 : max)
  const windowOfDraft = window ?? emptyDraft.window
  return {
    ...{ metric, max: text, mode },
    window: windowOfDraft,
    model: model ?? '',
    perModel: per === 'model',
    perUser: per === 'user',
    before: limit,
  }
}

/** The error and its remedy; null if valid. The API validates the rest. */
export function draftProblem(
  t: Translate,
  { metric, max, model, perModel }: DraftLimit,
  index: number,
): string | null {
  const number = String(index + 1)
  const form = metric === 'cost' ? /^\d+(?:\.\d{1,6})?$/ : /^\d+$/
  if (max.trim() !== '' && !form.test(max.trim()))
    return t(metric === 'cost' ? 'limits.wantsDollars' : 'limits.wantsWhole', { number })
  if (perModel && model.trim() === '') return t('limits.wantsModels', { number })
  return null
}

/** The limit as input of the API. A default id follows a changed measure. */
export function limitOf(draft: DraftLimit) {
  const { metric, window, max, model, perModel, perUser, mode, before } = draft
  const typed = max.trim()
  const scope = model.trim() === '' ? null : model.trim()
  const keepsId = before !== null && before.id !== defaultLimitId(before)
  return {
    ...(keepsId && { id: before.id }),
    metric,
    ...(metric !== 'concurrency' && { window }),
    max: typed === '' ? null : metric === 'cost' ? Math.round(Number(typed) * 1_000_000) : Number(typed),
    ...(scope !== null && { model: scope }),
    ...(perModel && { per: 'model' as const }),
    ...(perUser && { per: 'user' as const }),
    mode,
    ...(before !== null && { countsCached: before.countsCached }),
  }
}
