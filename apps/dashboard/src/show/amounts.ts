const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const grouped = new Intl.NumberFormat('en-US')
const compactForm = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** `14,400`. */
export function amount(value: number): string {
  return grouped.format(value)
}

/** `14.4K`. */
export function compact(value: number): string {
  return compactForm.format(value)
}

/** Micro-dollars as dollars: cents from a dollar on, `$17.27`, and below it all digits, `$0.000003`. */
export function dollars(microUsd: number): string {
  const size = Math.abs(microUsd) / 1_000_000
  const text = size >= 1 ? cents.format(size) : size.toFixed(6).replace(/0{1,4}$/, '')
  return `${microUsd < 0 ? '-' : ''}$${text}`
}

/** An amount of a metric; null (no limit) as `∞`. */
export function amountOf(metric: string, value: number | null): string {
  if (value === null) return '∞'
  return metric === 'cost' ? dollars(value) : amount(value)
}

/** Short form: `999M` instead of nine digits. */
export function shortAmountOf(metric: string, value: number): string {
  return metric !== 'cost' && value >= 1_000_000 ? compact(value) : amountOf(metric, value)
}

/** A fraction as whole percent, rounded down, so that 100 % is shown only when reached: `93 %`. */
export function percent(fraction: number): string {
  const whole = Math.trunc(fraction * 100)
  return whole === 0 && fraction > 0 ? '< 1 %' : `${whole} %`
}
