import type { Metric } from '../domain/metric.js'
import { isRolling, isWindow, parseRollingMs, type RollingWindow, type Window } from '../domain/window.js'

const metricWords: Readonly<Record<Metric, string>> = {
  requests: 'requests',
  characters: 'characters',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  cost: 'cost',
  audioSeconds: 'seconds of audio',
  concurrency: 'calls in flight',
}

const fixedWords: Readonly<Record<Exclude<Window, RollingWindow>, string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  total: 'in total',
}

const rollingUnits: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'days' }
const dayMs = 86_400_000

/** A metric in words: `input tokens`. An unknown metric, as of a newer release, is returned unchanged. */
export function metricWord(metric: string): string {
  return isKey(metricWords, metric) ? metricWords[metric] : metric
}

/** A window in words: `a day`; a rolling one `in 24 h`, since it has no start. An unknown one is returned unchanged. */
export function windowWord(window: string): string {
  if (isKey(fixedWords, window)) return fixedWords[window]
  if (!isWindow(window) || !isRolling(window)) return window
  if (parseRollingMs(window) === dayMs) return 'in 24 h'
  const unit = window.slice(-1)
  return `in ${window.slice('rolling-'.length, -1)} ${rollingUnits[unit] ?? unit}`
}

/** What a limit measures: `characters a day`, `requests in 60 s`, `calls in flight`. */
export function measureWords({
  metric,
  window,
}: {
  readonly metric: string
  /** Null for none. */
  readonly window: string | null
}): string {
  return window === null ? metricWord(metric) : `${metricWord(metric)} ${windowWord(window)}`
}

function isKey<K extends string>(words: Readonly<Record<K, string>>, name: string): name is K {
  return Object.hasOwn(words, name)
}
