/** Tokens of an answer. Input includes cached and cache-written tokens, output includes reasoning. */
export interface Usage {
  readonly inputTokens: number
  /** Null if not reported. */
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly outputTokens: number
  readonly reasoningTokens: number | null
}

/** Reads a token count; null for anything else. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value + 0 : null
}

/** The sum, at most 2^53 − 1. */
export function sumOf(...counts: readonly (number | null)[]): number {
  const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0)
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

/** A count that is included in another, at most as large. */
export function partOf(part: number | null, whole: number): number | null {
  return part === null ? null : Math.min(part, whole)
}
