/**
 * A sum that is exact whatever its size: a number up to ±(2^53 − 1), a bigint beyond. So nothing that is usual pays
 * for what is not, and a sum that was beyond compares as before when it is back.
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

/** The number with its sign turned. */
export function negated(value: WholeNumber): WholeNumber {
  // `0 - x` rather than `-x`: the latter makes a negative zero, which JSON and tests tell apart.
  return typeof value === 'number' ? 0 - value : 0n - value
}

/** The same, never below 0. */
export function notNegative(value: WholeNumber): WholeNumber {
  return value > 0 ? value : 0
}

/** What answers tell of it: the number itself, or the largest that can be told exactly. */
export function saturated(value: WholeNumber): number {
  if (typeof value === 'number') return value
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
}

/** In its one form. */
export function wholeNumber(value: bigint): WholeNumber {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A whole number as a database tells it: as text, or where it is small as a number. @throws SyntaxError, RangeError */
export function readWholeNumber(value: unknown): WholeNumber {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  return wholeNumber(BigInt(typeof value === 'number' ? value : String(value)))
}
