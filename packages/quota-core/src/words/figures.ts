/** Micro-dollars as dollars, with all digits: `$1.25`, `$0.000003`, `-$0.50`. */
export function dollarText(microUsd: number): string {
  const digits = (Math.abs(microUsd) / 1_000_000).toFixed(6).replace(/0{1,4}$/, '')
  return `${microUsd < 0 ? '-' : ''}$${digits}`
}

/** A whole number with its thousands apart: `14,400`. */
export function groupedDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A share in tenths of a percent, rounded down, so that `100` is shown only when reached: `99.9`. */
export function percentDigits(share: number): string {
  return (Math.floor(share * 1_000) / 10).toFixed(1).replace(/\.0$/, '')
}

/** A latency to show: `850` milliseconds, `1.2` seconds, `1,200` seconds. */
export interface LatencyFigure {
  readonly digits: string
  readonly unit: 'milliseconds' | 'seconds'
}

/** A latency in milliseconds below a second, in tenths of a second below 100 s, and above in seconds. */
export function latencyFigure(ms: number): LatencyFigure {
  if (ms < 1_000) return { digits: String(Math.round(ms)), unit: 'milliseconds' }
  const seconds = ms / 1_000
  return { digits: ms < 100_000 ? seconds.toFixed(1) : groupedDigits(Math.round(seconds)), unit: 'seconds' }
}
