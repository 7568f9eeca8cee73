/** What is wrong with a number that a vendor reported; its count is then unknown. */
export interface UsageProblem {
  /** The vendor's own name of the field: `prompt_tokens`. */
  readonly field: string
  readonly code: 'not_a_number' | 'negative' | 'fractional' | 'too_large' | 'exceeds_input'
}

/**
 * What a response says that the call has used. Every count is a whole number from 0 to 2^53 − 1, or null
 * where the response doesn't say or says something absurd: never NaN, never negative.
 */
export interface VendorUsage {
  /** All input, cached or not. */
  readonly inputTokenCount: number | null
  /** All output, hidden reasoning included. */
  readonly outputTokenCount: number | null
  /** The part of the input that came from the vendor's cache. */
  readonly cachedInputTokenCount: number | null
  /** Input and output together; known alone where the vendor gives a total and nothing else. */
  readonly totalTokenCount: number | null
  /** In millionths of a US dollar, rounded up. */
  readonly costMicroUsd: number | null
  /** Seconds of sound that was transcribed, rounded up. */
  readonly audioSecondCount: number | null
  /** Absurd values that were met, and left out. */
  readonly problems: readonly UsageProblem[]
}

/** Nothing known. */
export const unknownUsage: VendorUsage = Object.freeze({
  inputTokenCount: null,
  outputTokenCount: null,
  cachedInputTokenCount: null,
  totalTokenCount: null,
  costMicroUsd: null,
  audioSecondCount: null,
  problems: Object.freeze([]),
})
