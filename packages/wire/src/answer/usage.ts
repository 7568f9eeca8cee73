/** Tokens of an answer. Cached and written-to-cache tokens are parts of the input, reasoning is a part of the output. */
export interface Usage {
  readonly inputTokens: number
  /** Null where the vendor does not report it. */
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly outputTokens: number
  readonly reasoningTokens: number | null
}

/** A count of tokens; null for what is none. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value + 0 : null
}

/** A sum that stays exact: 2^53 − 1 where it would be more. */
export function sumOf(...counts: readonly (number | null)[]): number {
  const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0)
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

/** A count that is a part of another one: no more than that. */
export function partOf(part: number | null, whole: number): number | null {
  return part === null ? null : Math.min(part, whole)
}
