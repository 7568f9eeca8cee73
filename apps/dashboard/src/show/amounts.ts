import { dollarText } from '@quotakeeper/quota-core/rules'
import type { Locale } from '../texts/translate.js'

/** How a language writes figures. */
export interface Amounts {
  /** `14,400`. */
  readonly amount: (value: number) => string
  /** `14.4K`. */
  readonly compact: (value: number) => string
  /** Micro-dollars as dollars: cents from a dollar on, `$17.27`, and below it all digits, `$0.000003`. */
  readonly dollars: (microUsd: number) => string
  /** An amount of a metric; null (no limit) as `∞`. */
  readonly amountOf: (metric: string, value: number | null) => string
  /** Short form: `999M` instead of nine digits. */
  readonly shortAmountOf: (metric: string, value: number) => string
  /** A fraction as whole percent, rounded down, so that 100 % is shown only when reached: `93 %`. */
  readonly percent: (fraction: number) => string
}

/** Tables align figures, hence English ones as in the United States. */
const tags: Readonly<Record<Locale, string>> = { en: 'en-US', 'zh-Hans': 'zh-Hans-CN' }

export function amountsIn(locale: Locale): Amounts {
  const tag = tags[locale]
  const cents = new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const grouped = new Intl.NumberFormat(tag)
  const compactForm = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 })
  const percentSign = locale === 'en' ? ' %' : '%'

  const amount = (value: number): string => grouped.format(value)
  const compact = (value: number): string => compactForm.format(value)
  const dollars = (microUsd: number): string => {
    const size = Math.abs(microUsd) / 1_000_000
    return size < 1 ? dollarText(microUsd) : `${microUsd < 0 ? '-' : ''}$${cents.format(size)}`
  }
  const amountOf = (metric: string, value: number | null): string => {
    if (value === null) return '∞'
    return metric === 'cost' ? dollars(value) : amount(value)
  }
  const shortAmountOf = (metric: string, value: number): string =>
    metric !== 'cost' && value >= 1_000_000 ? compact(value) : amountOf(metric, value)
  const percent = (fraction: number): string => {
    const whole = Math.trunc(fraction * 100)
    return whole === 0 && fraction > 0 ? `< 1${percentSign}` : `${whole}${percentSign}`
  }
  return { amount, compact, dollars, amountOf, shortAmountOf, percent }
}
