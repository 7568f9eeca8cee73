/** An absurd number reported by a vendor; its count is then unknown. */
export interface UsageProblem {
  /** The vendor's own name of the field: `prompt_tokens`. */
  readonly field: string
  readonly code: 'not_a_number' | 'negative' | 'fractional' | 'too_large' | 'exceeds_input'
}

/**
 * The usage reported in a response. Every count is an integer from 0 to 2^53 − 1, or null if missing or absurd; never
 * NaN, never negative.
 */
export interface VendorUsage {
  /** All input, cached or not. */
  readonly inputTokenCount: number | null
  /** All output, hidden reasoning included. */
  readonly outputTokenCount: number | null
  /** Input read from the vendor's cache; included in the input. */
  readonly cachedInputTokenCount: number | null
  /** Input written to the vendor's cache; included in the input, apart from what was read from it. */
  readonly cacheWriteTokenCount: number | null
  /** Input and output together; the only known count if the vendor reports just a total. */
  readonly totalTokenCount: number | null
  /** In millionths of a US dollar, rounded up. */
  readonly costMicroUsd: number | null
  /** Seconds of sound that was transcribed, rounded up. */
  readonly audioSecondCount: number | null
  /** Absurd values, which were ignored. */
  readonly problems: readonly UsageProblem[]
}

/** Usage with no known value. */
export const unknownUsage: VendorUsage = Object.freeze({
  inputTokenCount: null,
  outputTokenCount: null,
  cachedInputTokenCount: null,
  cacheWriteTokenCount: null,
  totalTokenCount: null,
  costMicroUsd: null,
  audioSecondCount: null,
  problems: Object.freeze([]),
})
