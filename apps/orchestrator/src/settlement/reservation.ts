import type { EndpointRequest } from '../endpoints/endpoint-request.js'

/** Characters of a token, a rough estimate. */
export const charactersPerToken = 4

/** The least output for which a call is still worth making, so that the rest of a quota can be used. */
const minOutputTokens = 256

/** The counts of a call, as the API takes them. */
export interface CallCounts {
  readonly requestCount: number
  readonly characterCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
  readonly audioSecondCount: number
}

/** What is reserved for a call. */
export interface Reservation extends CallCounts {
  /** The call is not sent if less than this is granted. */
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

/**
 * What to reserve for a call with a prompt of so many characters: of the output, that of every answer.
 * Characters are those of prompt and answers together.
 */
export function reservationFor(
  {
    promptCharacters,
    output: { maxTokens, answerCount },
    requestCount = 1,
    audio,
  }: Pick<EndpointRequest, 'promptCharacters' | 'output' | 'requestCount' | 'audio'>,
  policy: ReservePolicy,
): Reservation {
  const { reserveOutputTokens, isStrict } = policy
  const asked = maxTokens ?? reserveOutputTokens
  const ofAnswer = isStrict ? asked : Math.min(asked, reserveOutputTokens)
  const ofRequest = { requestCount, promptCharacters, audioSecondCount: audio?.seconds ?? 0 }
  return {
    atLeast: countsOf(ofRequest, answerCount * Math.min(ofAnswer, minOutputTokens)),
    ...countsOf(ofRequest, answerCount * ofAnswer),
  }
}

/**
 * The most output of one answer for which there is room in what was granted, counted in tokens and in
 * characters.
 */
export function grantedOutputTokens(
  { promptCharacters, output: { answerCount } }: Pick<EndpointRequest, 'promptCharacters' | 'output'>,
  granted: CallCounts,
): number {
  const byCharacters = Math.floor((granted.characterCount - promptCharacters) / charactersPerToken)
  return Math.max(1, Math.floor(Math.min(granted.outputTokenCount, byCharacters) / answerCount))
}

function countsOf(
  {
    requestCount,
    promptCharacters,
    audioSecondCount,
  }: Pick<CallCounts, 'requestCount' | 'audioSecondCount'> & { readonly promptCharacters: number },
  outputTokens: number,
): CallCounts {
  return {
    requestCount,
    audioSecondCount,
    characterCount: promptCharacters + outputTokens * charactersPerToken,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: outputTokens,
  }
}
