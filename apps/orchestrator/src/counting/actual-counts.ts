import { readUsage, type VendorUsage } from '@quotakeeper/vendors'
import type { CommitInput } from '../api/quota-api.js'
import { parseJson } from '../parse-json.js'
import { countCodePoints } from './code-points.js'
import { estimateTokens } from './reservation.js'

/** What a commit says of a call. */
export type Charge = Omit<CommitInput, 'reservationId'>

/** The charge of a call that was answered. What the vendor doesn't report is estimated from the text. */
export function chargeOfAnswer(call: {
  readonly vendor: string
  readonly promptCharacters: number
  readonly answer: Buffer
  /** Counts the characters of an answer's text in its body. */
  readonly countCharacters: (body: unknown) => number
}): Charge {
  const { vendor, promptCharacters, answer, countCharacters } = call
  const body = parseJson(answer)
  // Text that is no JSON is an answer still.
  const answerCharacters = body === undefined ? charactersIn(answer) : countCharacters(body)
  return {
    outcome: 'succeeded',
    ...chargeOfUsage(readUsage(body, vendor), promptCharacters, answerCharacters),
  }
}

/** The charge of a streamed call: what it has come to, wherever it ended. */
export function chargeOfStream(call: {
  readonly promptCharacters: number
  readonly answerCharacters: number
  readonly usage: VendorUsage
  readonly outcome: 'succeeded' | 'failed' | 'aborted'
}): Charge {
  const { promptCharacters, answerCharacters, usage, outcome } = call
  const charge = chargeOfUsage(usage, promptCharacters, answerCharacters)
  // Of a stream that was cut off, what its vendor had reported by then is the least.
  return outcome === 'succeeded' ? { outcome, ...charge } : { outcome, ...charge, estimated: true }
}

/** What a vendor reports; what it doesn't is estimated from the characters. */
function chargeOfUsage(
  usage: VendorUsage,
  promptCharacters: number,
  answerCharacters: number,
): Omit<Charge, 'outcome'> {
  const { totalTokenCount: total } = usage
  // An output that was not added up to a total was too large to be one.
  const isSound = usage.inputTokenCount === null || usage.outputTokenCount === null || total !== null
  const reportedInput = isSound ? usage.inputTokenCount : null
  const reportedOutput = isSound ? usage.outputTokenCount : null
  const input = reportedInput ?? Math.min(estimateTokens(promptCharacters), total ?? Number.MAX_SAFE_INTEGER)
  const output =
    reportedOutput ?? (total === null ? estimateTokens(answerCharacters) : Math.max(0, total - input))
  return {
    requestCount: 1,
    characterCount: promptCharacters + answerCharacters,
    inputTokenCount: input,
    outputTokenCount: output,
    cachedInputTokenCount: Math.min(usage.cachedInputTokenCount ?? 0, input),
    costMicroUsd: usage.costMicroUsd ?? 0,
    estimated: reportedInput === null || reportedOutput === null,
  }
}

/** The charge of a call whose answer never came, or not whole, though the vendor may have carried it out. */
export function chargeOfBroken(call: {
  readonly promptCharacters: number
  readonly outcome: 'failed' | 'aborted'
  readonly received: Buffer
}): Charge {
  const { promptCharacters, outcome, received } = call
  const receivedCharacters = charactersIn(received)
  return {
    outcome,
    requestCount: 1,
    characterCount: promptCharacters + receivedCharacters,
    inputTokenCount: estimateTokens(promptCharacters),
    outputTokenCount: estimateTokens(receivedCharacters),
    estimated: true,
  }
}

/** The charge of a call that the vendor failed to answer, and said so: it has arrived, and given nothing. */
export const chargeOfFailed: Charge = { outcome: 'failed', requestCount: 1, estimated: true }

/** The charge of a call that the vendor refused: nothing, but a request where it says to count refused calls. */
export function chargeOfRefused(countsRefusals: boolean): Charge {
  return { outcome: 'refused', requestCount: countsRefusals ? 1 : 0 }
}

function charactersIn(bytes: Buffer): number {
  return countCodePoints(bytes.toString('utf8'))
}
