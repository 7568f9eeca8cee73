import { dollarText, latencyFigure, percentDigits } from '@quotakeeper/quota-core/rules'

const grouped = new Intl.NumberFormat('en-US')

/** `14,400`. */
export function amount(value: number): string {
  return grouped.format(value)
}

/** An amount of a metric; null (no limit) as `∞`. */
export function amountOf(metric: string, value: number | null): string {
  if (value === null) return '∞'
  return metric === 'cost' ? dollarText(value) : amount(value)
}

/** `3.4 MB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  const unit = count < 1_000_000 ? 'kB' : count < 1_000_000_000 ? 'MB' : 'GB'
  const size = { kB: 1e3, MB: 1e6, GB: 1e9 }[unit]
  return `${(count / size).toFixed(1)} ${unit}`
}

/** A share as `99.5 %`, never rounded up to 100 %. */
export function percent(share: number): string {
  return `${percentDigits(share)} %`
}

/** `850 ms`, `1.2 s`, `140 s`. */
export function duration(ms: number): string {
  const { digits, unit } = latencyFigure(ms)
  return `${digits} ${unit === 'seconds' ? 's' : 'ms'}`
}
