import { countCodePoints } from '@quotakeeper/quota-core/rules'
import { readUsage, type VendorUsage } from '@quotakeeper/vendors'
import type { CommitInput } from '../api/quota-api.js'
import type { EndpointRequest } from '../endpoints/endpoint-request.js'
import { type CallCounts, estimateTokens } from './reservation.js'

/** What a commit says of a call, before its cost is worked out. */
export type Charge = Omit<CommitInput, 'reservationId'> & {
  /** Input that was written to the vendor's cache: only for its price. Included in the input; 0 if left out. */
  readonly cacheWriteTokenCount?: number
  /** Whether the stated cost is that of a part of the output. False if left out. */
  readonly isCostPartial?: boolean
}

/** What is counted of a request where its vendor reports nothing. */
export type AskedCounts = Pick<EndpointRequest, 'promptCharacters' | 'requestCount' | 'audio'>

/**
 * The charge of a call that was answered, whole or in part: its usage, however it ended. What the vendor
 * does not report is estimated from the text.
 */
export function chargeOfAnswer(call: {
  readonly asked: AskedCounts
  readonly answerCharacters: number
  readonly usage: VendorUsage
  readonly outcome: 'succeeded' | 'failed' | 'aborted'
  /** Whether all of the answer has come, though its client may have left. What succeeded is, if left out. */
  readonly isWhole?: boolean
  /** What was reserved of an answer that its vendor is still making; null or left out for all others. */
  readonly pending?: PendingCounts | null
}): Charge {
  const { asked, answerCharacters, usage, outcome, isWhole = outcome === 'succeeded', pending = null } = call
  const charge = {
    ...chargeOfUsage(usage, asked, answerCharacters),
    requestCount: areTokensReported(usage) ? 1 : (asked.requestCount ?? 1),
  }
  if (pending !== null) return withPending({ outcome, ...charge, estimated: true }, pending)
  if (outcome === 'succeeded') return { outcome, ...charge }
  const estimated = { outcome, ...charge, estimated: true }
  return isWhole ? estimated : withReceivedText(estimated, answerCharacters)
}

type PendingCounts = Pick<CallCounts, 'outputTokenCount' | 'characterCount'>

/**
 * An answer that is made in the background is read later by its id, which is no call: like a reservation that expires, it
 * is charged what was reserved for it.
 */
function withPending<
  Begun extends Charge & { readonly outputTokenCount: number; readonly characterCount: number },
>(charge: Begun, pending: PendingCounts): Begun {
  const outputTokenCount = Math.max(charge.outputTokenCount, pending.outputTokenCount)
  const characterCount = Math.max(charge.characterCount, pending.characterCount)
  return { ...charge, outputTokenCount, characterCount, isCostPartial: true }
}

/**
 * Of an answer that was cut off, what its vendor had reported by then is the least: Anthropic's first event reports an
 * output of 1 token, and usage in each event lags behind the text.
 */
function withReceivedText<Cut extends Charge & { readonly outputTokenCount: number }>(
  charge: Cut,
  answerCharacters: number,
): Cut {
  const outputTokenCount = Math.max(charge.outputTokenCount, estimateTokens(answerCharacters))
  return { ...charge, outputTokenCount, isCostPartial: outputTokenCount > charge.outputTokenCount }
}

function areTokensReported({ inputTokenCount, outputTokenCount, totalTokenCount }: VendorUsage): boolean {
  return (inputTokenCount ?? outputTokenCount ?? totalTokenCount) !== null
}

/** What a vendor reports; what it doesn't is estimated from the characters. */
function chargeOfUsage(
  usage: VendorUsage,
  { promptCharacters, audio }: AskedCounts,
  answerCharacters: number,
): Omit<Charge, 'outcome' | 'requestCount'> & {
  readonly outputTokenCount: number
  readonly characterCount: number
} {
  const {
    input: reportedInput,
    output: reportedOutput,
    total,
  } = believed(usage, {
    promptCharacters,
    answerCharacters,
  })
  const input = reportedInput ?? Math.min(estimateTokens(promptCharacters), total ?? Number.MAX_SAFE_INTEGER)
  const output =
    reportedOutput ?? (total === null ? estimateTokens(answerCharacters) : Math.max(0, total - input))
  const areTokensGuessed = reportedInput === null || reportedOutput === null
  // Vendors that count seconds report no tokens: there are none to guess.
  const isEstimated =
    audio && areTokensGuessed ? !usage.audioSecondCount && audio.isEstimated : areTokensGuessed
  return {
    characterCount: promptCharacters + answerCharacters,
    inputTokenCount: input,
    outputTokenCount: output,
    cachedInputTokenCount: Math.min(usage.cachedInputTokenCount ?? 0, input),
    cacheWriteTokenCount: usage.cacheWriteTokenCount ?? 0,
    // Null is unknown, 0 is free.
    costMicroUsd: usage.costMicroUsd ?? undefined,
    ...chargeOfAudio(usage, audio),
    estimated: isEstimated,
  }
}

/** The seconds of a call with sound, or of one whose vendor reports some; a reported 0 beside a sound is none. */
function chargeOfAudio(
  { audioSecondCount }: VendorUsage,
  audio: AskedCounts['audio'],
): Pick<Charge, 'audioSecondCount'> {
  const seconds = audioSecondCount || audio?.seconds
  return seconds === undefined || seconds === null ? {} : { audioSecondCount: seconds }
}

/** The reported token counts that are plausible. A count of 0 with a non-empty text is not. */
function believed(
  usage: VendorUsage,
  text: { readonly promptCharacters: number; readonly answerCharacters: number },
): { readonly input: number | null; readonly output: number | null; readonly total: number | null } {
  const { inputTokenCount, outputTokenCount, totalTokenCount: total } = usage
  // An output that was not added up to a total was too large to be one.
  if (inputTokenCount !== null && outputTokenCount !== null && total === null)
    return { input: null, output: null, total: null }
  const input = inputTokenCount === 0 && text.promptCharacters > 0 ? null : inputTokenCount
  const output = outputTokenCount === 0 && text.answerCharacters > 0 ? null : outputTokenCount
  const isBelieved = input === inputTokenCount && output === outputTokenCount
  return { input, output, total: isBelieved ? total : null }
}

/** The charge of a call whose answer never came, or not whole, though the vendor may have carried it out. */
export function chargeOfBroken(call: {
  readonly asked: AskedCounts
  readonly outcome: 'failed' | 'aborted'
  readonly received: Buffer
}): Charge {
  const { asked, outcome, received } = call
  const { promptCharacters, requestCount = 1, audio } = asked
  const receivedCharacters = charactersIn(received)
  return {
    outcome,
    requestCount: Math.min(1, requestCount),
    characterCount: promptCharacters + receivedCharacters,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: estimateTokens(receivedCharacters),
    ...chargeOfAudio(readUsage(undefined), audio),
    estimated: true,
  }
}

/**
 * The charge of a call that the vendor failed to answer, and said so: it has arrived, and given nothing. What the
 * vendor reports to have used all the same is charged.
 *
 * @param requestCount how many requests it would have counted as, answered
 */
export function chargeOfFailed(usage: VendorUsage, requestCount = 1): Charge {
  return {
    outcome: 'failed',
    requestCount: Math.min(1, requestCount),
    estimated: true,
    ...reportedOf(usage),
  }
}

/**
 * The charge of a call that the vendor refused: nothing, but a request where it says to count refused calls, and what
 * it reports to have used.
 */
export function chargeOfRefused(countsRefusals: boolean, usage: VendorUsage): Charge {
  return { outcome: 'refused', requestCount: countsRefusals ? 1 : 0, ...reportedOf(usage) }
}

/** What is reported of a call without an answer; nothing where nothing is. */
function reportedOf(usage: VendorUsage): Partial<Charge> {
  const { inputTokenCount: input, outputTokenCount: output, costMicroUsd, totalTokenCount: total } = usage
  if ((input ?? 0) + (output ?? 0) + (total ?? 0) + (costMicroUsd ?? 0) === 0) return {}
  const inputTokenCount = input ?? Math.max(0, (total ?? 0) - (output ?? 0))
  return {
    inputTokenCount,
    outputTokenCount: output ?? Math.max(0, (total ?? 0) - inputTokenCount),
    cachedInputTokenCount: Math.min(usage.cachedInputTokenCount ?? 0, inputTokenCount),
    cacheWriteTokenCount: usage.cacheWriteTokenCount ?? 0,
    costMicroUsd: costMicroUsd ?? undefined,
    estimated: input === null || output === null,
  }
}

function charactersIn(bytes: Buffer): number {
  return countCodePoints(bytes.toString('utf8'))
}
