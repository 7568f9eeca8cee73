import type { LimitState } from '../data/api.js'

const windowWords: Readonly<Record<string, string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  month: 'a month',
}
const rollingUnits: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'days' }

/** `a day`; of a rolling window `in 24 h`, since it has no beginning. */
export function windowWord(window: string): string {
  const rolling = /^rolling-(\d+)([smhd])$/.exec(window)
  if (rolling === null) return windowWords[window] ?? window
  const [, count = '', unit = ''] = rolling
  return window === 'rolling-1d' ? 'in 24 h' : `in ${count} ${rollingUnits[unit] ?? unit}`
}

const metricWords: Readonly<Record<string, string>> = {
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
}

export function metricWord(metric: string): string {
  return metricWords[metric] ?? metric
}

/** `characters a day`, `requests in 60 s`. */
export function measureOf({ metric, window }: { readonly metric: string; readonly window: string }): string {
  return `${metricWord(metric)} ${windowWord(window)}`
}

/** What tells a limit from the others of its provider, beside its measure. */
export function detailsOf({ subject, model, mode, source }: LimitState): readonly string[] {
  return [
    ...(model === null ? [] : [model]),
    ...(subject.kind === 'pool' ? [`pool ${subject.name}`] : []),
    ...(mode === 'shadow' ? ['shadow'] : []),
    ...(source === 'learned' ? ['learned'] : []),
  ]
}

/** A key for lists: a limit of a pool, or for one of many models, has an id that is not unique alone. */
export function keyOf({ id, subject, model }: LimitState): string {
  return `${subject.kind}/${subject.name}/${id}/${model ?? ''}`
}

/** Units spent as far as we and the vendor know. */
export function spentOf({ used, observed }: Pick<LimitState, 'used' | 'observed'>): number {
  return used + observed
}
