/** `$20`, `$0.10`, `$0.000001`: at most six decimals, the precision of millionths. */
export const dollarsPattern = /^\$(\d{1,10})(?:\.(\d{1,6}))?$/

/**
 * Exact conversion of dollars to millionths of a dollar: shifts digits instead of multiplying floats.
 *
 * @returns null for an invalid amount, or beyond 2^53 − 1 millionths
 */
export function microUsdOf(text: string): number | null {
  const [, dollars, decimals = ''] = dollarsPattern.exec(text) ?? []
  if (dollars === undefined) return null
  const microUsd = Number(`${dollars}${decimals.padEnd(6, '0')}`)
  return Number.isSafeInteger(microUsd) ? microUsd : null
}
