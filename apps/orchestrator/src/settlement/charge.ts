import { countCodePoints } from '@quotakeeper/quota-core/rules'
import type { VendorUsage } from '@quotakeeper/vendors'
import type { CommitInput } from '../api/quota-api.js'
import { estimateTokens } from './reservation.js'

/** What a commit says of a call. */
export type Charge = Omit<CommitInput, 'reservationId'>

/**
 * The charge of a call that was answered, whole or in part: what it has come to, wherever it ended. What the vendor
 * doesn't report is estimated from the text.
 */
export function chargeOfAnswer(call: {
  readonly promptCharacters: number
  readonly answerCharacters: number
  readonly usage: VendorUsage
  /** How many requests it counts as where no usage is reported; 1 if left out. */
  readonly requestCount?: number | undefined
  readonly outcome: 'succeeded' | 'failed' | 'aborted'
}): Charge {
  const { promptCharacters, answerCharacters, usage, requestCount = 1, outcome } = call
  const charge = {
    ...chargeOfUsage(usage, promptCharacters, answerCharacters),
    requestCount: isReported(usage) ? 1 : requestCount,
  }
  // Of a stream that was cut off, what its vendor had reported by then is the least.
  return outcome === 'succeeded' ? { outcome, ...charge } : { outcome, ...charge, estimated: true }
}

function isReported({ inputTokenCount, outputTokenCount, totalTokenCount }: VendorUsage): boolean {
  return (inputTokenCount ?? outputTokenCount ?? totalTokenCount) !== null
}

/** What a vendor reports; what it doesn't is estimated from the characters. */
function chargeOfUsage(
  usage: VendorUsage,
  promptCharacters: number,
  answerCharacters: number,
): Omit<Charge, 'outcome' | 'requestCount'> {
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
  return {
    characterCount: promptCharacters + answerCharacters,
    inputTokenCount: input,
    outputTokenCount: output,
    cachedInputTokenCount: Math.min(usage.cachedInputTokenCount ?? 0, input),
    // Null is unknown, 0 is free.
    costMicroUsd: usage.costMicroUsd ?? undefined,
    estimated: reportedInput === null || reportedOutput === null,
  }
}

/** What can be so of the tokens that are reported. A count of 0 beside a text that is there is none. */
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
  readonly promptCharacters: number
  /** How many requests it would have counted as, answered; 1 if left out. */
  readonly requestCount?: number | undefined
  readonly outcome: 'failed' | 'aborted'
  readonly received: Buffer
}): Charge {
  const { promptCharacters, requestCount = 1, outcome, received } = call
  const receivedCharacters = charactersIn(received)
  return {
    outcome,
    requestCount: Math.min(1, requestCount),
    characterCount: promptCharacters + receivedCharacters,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: estimateTokens(receivedCharacters),
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
    costMicroUsd: costMicroUsd ?? undefined,
    estimated: input === null || output === null,
  }
}

function charactersIn(bytes: Buffer): number {
  return countCodePoints(bytes.toString('utf8'))
}
