import type { Translate } from '../texts/translate.js'

/** `850 ms`, `1.2 s`, `140 s`. */
export function latency(t: Translate, ms: number): string {
  if (ms < 1_000) return t('formats.milliseconds', { count: String(Math.round(ms)) })
  return t('formats.seconds', {
    count: ms < 100_000 ? (ms / 1_000).toFixed(1) : String(Math.round(ms / 1_000)),
  })
}

/** A share in tenths of a percent, rounded down, so that 100 % is shown only when reached: `99.9 %`. */
export function successPercent(t: Translate, share: number): string {
  return t('formats.percent', { number: (Math.floor(share * 1_000) / 10).toFixed(1).replace(/\.0$/, '') })
}
