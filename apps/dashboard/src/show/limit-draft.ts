import { defaultLimitId } from '@quotakeeper/quota-core/rules'
import type { Provider } from '../data/api.js'

type Limit = Provider['limits'][number]

export const draftWindows = [
  'minute',
  'hour',
  'day',
  'month',
  'rolling-60s',
  'rolling-1h',
  'rolling-1d',
] as const

/** A limit as it is being typed. */
export interface DraftLimit {
  readonly metric: Limit['metric']
  readonly window: Limit['window']
  /** Empty counts without limiting. Of cost in dollars. */
  readonly max: string
  /** Empty concerns every model. */
  readonly model: string
  readonly perModel: boolean
  readonly mode: Limit['mode']
  /** What the form does not show, and must not lose; null for a new one. */
  readonly before: Limit | null
}

export const emptyDraft: DraftLimit = {
  metric: 'requests',
  window: 'day',
  max: '',
  model: '',
  perModel: false,
  mode: 'enforce',
  before: null,
}

export function draftOf(limit: Limit): DraftLimit {
  const { metric, window, max, model, per, mode } = limit
  const text = max === null ? '' : String(metric === 'cost' ? max / 1_000_000 : max)
  return { metric, window, max: text, model: model ?? '', perModel: per === 'model', mode, before: limit }
}

/** What is wrong with it, and how to mend that; null for nothing. The API judges the rest. */
export function draftProblem({ metric, max, model, perModel }: DraftLimit, index: number): string | null {
  const form = metric === 'cost' ? /^\d+(?:\.\d{1,6})?$/ : /^\d+$/
  if (max.trim() !== '' && !form.test(max.trim())) {
    const wanted = metric === 'cost' ? 'an amount of dollars such as 20 or 0.50' : 'a whole number'
    return `Limit ${index + 1}: "at most" must be ${wanted}, or empty to count without limiting.`
  }
  if (perModel && model.trim() === '')
    return `Limit ${index + 1}: say which models to count apart, such as *.`
  return null
}

/** The limit as the API takes it. An id that was given by its measure follows the measure. */
export function limitOf(draft: DraftLimit) {
  const { metric, window, max, model, perModel, mode, before } = draft
  const typed = max.trim()
  const scope = model.trim() === '' ? null : model.trim()
  const keepsId = before !== null && before.id !== defaultLimitId(before)
  return {
    ...(keepsId && { id: before.id }),
    metric,
    window,
    max: typed === '' ? null : metric === 'cost' ? Math.round(Number(typed) * 1_000_000) : Number(typed),
    ...(scope !== null && { model: scope }),
    ...(perModel && { per: 'model' as const }),
    mode,
    ...(before !== null && { countsCached: before.countsCached }),
  }
}
