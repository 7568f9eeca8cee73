import { Readable } from 'node:stream'
import { readUsage } from '@quotakeeper/vendors'
import { type Charge, chargeOfAnswer } from '../../settlement/charge.js'
import type { Conclusion } from '../../settlement/settlement.js'
import { NoRoomForAnswer } from '../../vendors/answer-memory.js'
import { isBinary } from '../../vendors/body-form.js'
import { maxAnswerBytes } from '../../vendors/received-answer.js'
import { type BegunBytes, beginBytes } from '../../vendors/stream/begin-bytes.js'
import { readWhole } from '../../vendors/stream/read-form.js'
import { reasonOf } from '../../vendors/stream/reason-of.js'
import { redactedBytes } from '../../vendors/stream/redacted-bytes.js'
import type { Rejection } from '../rejection.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Attempt, AttemptOutcome, Concluded, Streaming } from './attempt.js'
import { classifyAnswer } from './classify-answer.js'
import { keepReservation } from './keep-reservation.js'
import { signalsOf } from './signals-of.js'

type Ending = 'succeeded' | 'failed' | 'aborted'

/**
 * Passes an answer of bytes on as it comes, at the client's pace, without holding it: a sound. Up to its first bytes another
 * key is still tried; behind them a break of the vendor's is one of the client's connection, which has no other way to
 * learn of it. Anything else is classified as a whole. The attempt is concluded when the bytes have ended.
 */
export async function passBytesOn(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
  result: Streaming,
): Promise<Concluded> {
  const { stream, httpStatus, headers, sentAtMs, form, leftOut } = result
  const { signal, memory } = request
  const stopKeeping = keepReservation(deps, attempt)
  const leave = (): void => {
    stream.destroy()
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const leftMs = Math.max(attempt.deadlineMs - deps.clock(), 1)
  const timer = setTimeout(() => stream.destroy(new Error('no answer in time')), leftMs)
  let begun: BegunBytes
  let whole: Buffer | null
  try {
    begun = await beginBytes(stream, headers['content-type'])
    whole =
      begun.kind === 'bytes' ? null : await readWhole(begun.chunks, { maxBytes: maxAnswerBytes, memory })
  } catch (error) {
    leave()
    stopKeeping()
    signal.removeEventListener('abort', leave)
    const outcome = outcomeOf(request, attempt, error)
    const ending = outcome.kind === 'gone' ? 'aborted' : 'failed'
    return { outcome, conclusion: chargeAs(request, ending) }
  } finally {
    clearTimeout(timer)
  }
  if (whole !== null) {
    stopKeeping()
    signal.removeEventListener('abort', leave)
    const answered = { kind: 'answered', httpStatus, headers, sentAtMs, form, leftOut, body: whole } as const
    return classifyAnswer(deps, request, attempt, answered)
  }
  const signals = signalsOf(deps, request, attempt, { httpStatus, headers, sentAtMs, complaint: null })
  let ending: Ending = 'aborted'
  const setEnding = (reached: Ending): void => {
    ending = reached
  }
  const chunks = redactedBytes(begun.chunks, deps.heldKeys.redactor())
  const body = Readable.from(watched(chunks, setEnding), { objectMode: false, highWaterMark: 65_536 })
  const leaveBody = (): void => {
    body.destroy()
  }
  signal.addEventListener('abort', leaveBody, { once: true })
  const conclusion = new Promise<Conclusion>(resolve => {
    // However it came to its end: read to the last byte, broken, or never read at all.
    body.once('close', () => {
      signal.removeEventListener('abort', leaveBody)
      signal.removeEventListener('abort', leave)
      leave()
      stopKeeping()
      resolve({ ...chargeAs(request, signal.aborted ? 'aborted' : ending), signals })
    })
  })
  if (signal.aborted) leaveBody()
  const type = headers['content-type']
  const contentType = type !== undefined && isBinary(type) ? type : 'application/octet-stream'
  return { outcome: { kind: 'answer', answer: { httpStatus, contentType, body } }, conclusion }
}

/** Whether all has come, or its vendor broke off: who leaves early sets nothing. */
async function* watched(
  chunks: AsyncIterable<Buffer>,
  setEnding: (ending: Ending) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* chunks
    setEnding('succeeded')
  } catch (error) {
    setEnding('failed')
    throw error
  }
}

/** Nothing has gone to the client: another key is to be tried, unless it has gone. */
function outcomeOf({ signal }: RoutedRequest, { candidate }: Attempt, error: unknown): AttemptOutcome {
  if (signal.aborted) return { kind: 'gone' }
  if (error instanceof NoRoomForAnswer) return { kind: 'noRoom' }
  const { provider, model } = candidate
  const fault = `the call to the vendor broke (${reasonOf(error)})`
  const named = { providerName: provider.name, model }
  const rejection: Rejection = { kind: 'failed', ...named, fault, retryAtMs: null, words: '' }
  return { kind: 'rejected', rejection }
}

function chargeAs({ asked }: RoutedRequest, outcome: Ending): Extract<Conclusion, { kind: 'charge' }> {
  const usage = readUsage(undefined)
  const charge = (): Charge => chargeOfAnswer({ asked, answerCharacters: 0, usage, outcome })
  return { kind: 'charge', signals: null, charge, ending: outcome }
}
