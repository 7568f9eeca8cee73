import { latencyFigure, percentDigits } from '@quotakeeper/quota-core/rules'
import type { Translate } from '../texts/translate.js'

/** `850 ms`, `1.2 s`, `140 s`. */
export function latency(t: Translate, ms: number): string {
  const { digits, unit } = latencyFigure(ms)
  return t(`formats.${unit}`, { count: digits })
}

/** A share in tenths of a percent, such as `99.9 %`; as `percentDigits` rounds it. */
export function successPercent(t: Translate, share: number): string {
  return t('formats.percent', { number: percentDigits(share) })
}
