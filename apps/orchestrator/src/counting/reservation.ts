import { fieldOf } from './json-value.js'

/** How many characters a token has, as far as one may guess. */
export const charactersPerToken = 4

/** Output for which a call is still worth its while: the last of a quota can be spent on it. */
const leastOutputTokens = 256

/** The counts of a call, as the API takes them. */
export interface CallCounts {
  readonly requestCount: number
  readonly characterCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
}

/** What is reserved for a call. */
export interface Reservation extends CallCounts {
  /** With less than this the call does not go out. */
  readonly atLeast: CallCounts
}

/** How much output is reserved. */
export interface ReservePolicy {
  /** Reserved at most, and where the request sets no maximum, unless the policy is strict. */
  readonly reserveOutputTokens: number
  /** Reserve the whole maximum of the request, and hold the vendor to what was granted. */
  readonly isStrict: boolean
}

/** Tokens that a text of so many characters may have. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken)
}

/** The most output tokens that a chat request asks for; null where it sets no maximum. */
export function maxOutputTokens(body: unknown): number | null {
  const max = fieldOf(body, 'max_completion_tokens') ?? fieldOf(body, 'max_tokens')
  return typeof max === 'number' && Number.isInteger(max) && max >= 0 && max <= 1_000_000_000 ? max : null
}

/**
 * What to reserve for a call with a prompt of so many characters. Characters are those of prompt and
 * answer together.
 *
 * @param maxTokens the most output that it asks for; null where it sets no maximum
 */
export function reservationFor(
  promptCharacters: number,
  maxTokens: number | null,
  policy: ReservePolicy,
): Reservation {
  const { reserveOutputTokens, isStrict } = policy
  const asked = maxTokens ?? reserveOutputTokens
  const outputTokens = isStrict ? asked : Math.min(asked, reserveOutputTokens)
  return {
    atLeast: countsOf(promptCharacters, Math.min(outputTokens, leastOutputTokens)),
    ...countsOf(promptCharacters, outputTokens),
  }
}

/** The most output for which there is room in what was granted, counted in tokens and in characters. */
export function grantedOutputTokens(promptCharacters: number, granted: CallCounts): number {
  const byCharacters = Math.floor((granted.characterCount - promptCharacters) / charactersPerToken)
  return Math.max(1, Math.min(granted.outputTokenCount, byCharacters))
}

function countsOf(promptCharacters: number, outputTokens: number): CallCounts {
  return {
    requestCount: 1,
    characterCount: promptCharacters + outputTokens * charactersPerToken,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: outputTokens,
  }
}
