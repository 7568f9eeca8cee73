import { fieldOf } from '../json-value.js'

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

/** What a request may be answered with, at most. */
export interface AskedOutput {
  /** The most output tokens of one answer; null where the request sets no maximum. */
  readonly maxTokens: number | null
  /** Answers that it asks for: one, unless it wants a choice of several. */
  readonly answerCount: number
}

/** More is no vendor's, and is reserved as this. */
const maxTokensOfAnswer = 1_000_000_000
const maxAnswerCount = 1_000

/** The fields in which a chat request sets the most output of an answer. */
export const outputCapFields = ['max_completion_tokens', 'max_tokens'] as const

/**
 * The output that a chat request asks for. Of its two fields the larger counts, since vendors differ in which
 * of them they know; what a vendor would not take as a count sets no maximum.
 */
export function askedOutput(body: unknown): AskedOutput {
  const caps = outputCapFields.flatMap(field => countIn(body, field) ?? [])
  const answers = ['n', 'best_of'].map(field => countIn(body, field) ?? 1)
  return {
    maxTokens: caps.length === 0 ? null : Math.min(Math.max(...caps), maxTokensOfAnswer),
    answerCount: Math.min(Math.max(1, ...answers), maxAnswerCount),
  }
}

/** A whole number from 0; null for anything else. */
function countIn(body: unknown, field: string): number | null {
  const value = fieldOf(body, field)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

/**
 * What to reserve for a call with a prompt of so many characters: of the output, that of every answer.
 * Characters are those of prompt and answers together.
 */
export function reservationFor(
  promptCharacters: number,
  { maxTokens, answerCount }: AskedOutput,
  policy: ReservePolicy,
): Reservation {
  const { reserveOutputTokens, isStrict } = policy
  const asked = maxTokens ?? reserveOutputTokens
  const ofAnswer = isStrict ? asked : Math.min(asked, reserveOutputTokens)
  return {
    atLeast: countsOf(promptCharacters, answerCount * Math.min(ofAnswer, leastOutputTokens)),
    ...countsOf(promptCharacters, answerCount * ofAnswer),
  }
}

/**
 * The most output of one answer for which there is room in what was granted, counted in tokens and in
 * characters.
 */
export function grantedOutputTokens(
  { promptCharacters, answerCount }: { readonly promptCharacters: number; readonly answerCount: number },
  granted: CallCounts,
): number {
  const byCharacters = Math.floor((granted.characterCount - promptCharacters) / charactersPerToken)
  return Math.max(1, Math.floor(Math.min(granted.outputTokenCount, byCharacters) / answerCount))
}

function countsOf(promptCharacters: number, outputTokens: number): CallCounts {
  return {
    requestCount: 1,
    characterCount: promptCharacters + outputTokens * charactersPerToken,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: outputTokens,
  }
}
