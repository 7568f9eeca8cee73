/** `$20`, `$0.10`, `$0.000001`: at most six decimals, which is what a millionth can hold. */
export const dollarsPattern = /^\$(\d{1,10})(?:\.(\d{1,6}))?$/

/**
 * Dollars as millionths of a dollar, exactly: digits are moved, never multiplied as fractions.
 *
 * @returns null for a text that is no such amount, or beyond 2^53 − 1 millionths
 */
export function microUsdOf(text: string): number | null {
  const [, dollars, decimals = ''] = dollarsPattern.exec(text) ?? []
  if (dollars === undefined) return null
  const microUsd = Number(`${dollars}${decimals.padEnd(6, '0')}`)
  return Number.isSafeInteger(microUsd) ? microUsd : null
}
