/**
 * An integer, exact at any size: a number up to ±(2^53 − 1), a bigint beyond. Usual sums do not pay for large ones, and
 * a sum that returns below the bound compares as a number again.
 */
export type WholeNumber = number | bigint

/** The exact sum. */
export function plus(left: WholeNumber, right: WholeNumber): WholeNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    if (Number.isSafeInteger(sum)) return sum
  }
  return wholeNumber(BigInt(left) + BigInt(right))
}

/** The number with the opposite sign. */
export function negated(value: WholeNumber): WholeNumber {
  // `0 - x` rather than `-x`, which makes a negative zero that JSON and tests distinguish.
  return typeof value === 'number' ? 0 - value : 0n - value
}

/** The number, or 0 if negative. */
export function notNegative(value: WholeNumber): WholeNumber {
  return value > 0 ? value : 0
}

/** The number as answers report it, clamped to ±(2^53 − 1). */
export function saturated(value: WholeNumber): number {
  if (typeof value === 'number') return value
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
}

/** Normalises a bigint: a number if it is safe. */
export function wholeNumber(value: bigint): WholeNumber {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Reads an integer returned by a database: text, or a number if small. @throws SyntaxError, RangeError */
export function readWholeNumber(value: unknown): WholeNumber {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  return wholeNumber(BigInt(typeof value === 'number' ? value : String(value)))
}
