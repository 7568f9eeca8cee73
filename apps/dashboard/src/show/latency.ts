/** `850 ms`, `1.2 s`, `140 s`. */
export function latency(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 100_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`
}

/** A share in tenths of a percent, rounded down, so that 100 % is shown only when reached: `99.9 %`. */
export function successPercent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1).replace(/\.0$/, '')} %`
}
