const decimalForm = /^(\d{1,30})(?:\.(\d{1,400}))?(?:e([+-]?\d{1,4}))?$/i

/** Whether the text is an unsigned decimal numeral, possibly with an exponent. */
export function isNumeral(text: string): boolean {
  return decimalForm.test(text)
}

/**
 * A decimal numeral times a power of ten and a whole factor, rounded up to an integer. Computed on digits, since floats
 * are inexact (`2.007` s must give 2,007 ms). Null for anything but an unsigned numeral, and for results beyond 2^53 − 1.
 */
export function scaleUp(text: string, powerOfTen: number, factor = 1): number | null {
  const match = decimalForm.exec(text)
  if (match === null) return null
  const fraction = match[2] ?? ''
  const digits = `${match[1] ?? ''}${fraction}`
  const exponent = powerOfTen + Number(match[3] ?? '0') - fraction.length
  if (/^0+$/.test(digits)) return 0
  if (exponent > 20) return null
  // With an exponent this low, any numeral of this form is less than one unit.
  const scaled = exponent < -500 ? 1n : shiftUp(BigInt(digits) * BigInt(factor), exponent)
  return scaled <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(scaled) : null
}

function shiftUp(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent)
  const divisor = 10n ** BigInt(-exponent)
  return (digits + divisor - 1n) / divisor
}
