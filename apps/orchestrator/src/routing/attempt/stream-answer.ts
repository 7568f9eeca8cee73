import type { AnswerForm } from '../../endpoints/endpoint-request.js'
import type { StreamDialect, StreamRewriter } from '../../endpoints/stream-dialect.js'
import { type Charge, chargeOfAnswer } from '../../settlement/charge.js'
import type { Conclusion } from '../../settlement/settlement.js'
import type { VendorSignals } from '../../settlement/vendor-signals.js'
import { NoRoomForAnswer } from '../../vendors/answer-memory.js'
import { readClassification } from '../../vendors/read-classification.js'
import { maxAnswerBytes } from '../../vendors/received-answer.js'
import { openStream, type StreamEnding } from '../../vendors/stream/open-stream.js'
import { type FormedBody, readForm, readWhole } from '../../vendors/stream/read-form.js'
import { reasonOf } from '../../vendors/stream/reason-of.js'
import { RedactingFilter } from '../../vendors/stream/redacting-filter.js'
import { StreamAccount } from '../../vendors/stream/stream-account.js'
import { type Rejection, withLeastWait } from '../rejection.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Attempt, Concluded, Streaming } from './attempt.js'
import { classifyAnswer } from './classify-answer.js'
import { classifyComplaint, jsonBytes, statusOf, wordsOf } from './classify-complaint.js'
import { keepReservation } from './keep-reservation.js'
import { signalsOf } from './signals-of.js'

/** One stream's call, with all that it is about. */
interface StreamedCall {
  readonly deps: RouteDeps
  readonly request: RoutedRequest
  readonly attempt: Attempt
  readonly result: Streaming
  readonly dialect: StreamDialect
  /** Null where the client gets the events as they come. */
  readonly rewriter: StreamRewriter | null
  readonly account: StreamAccount
}

/**
 * Passes an answer on as a stream, from its first content. What comes before that is classified like any answer: an error
 * in its place, or a whole answer. The attempt is concluded when the stream has ended, however it does; until then its
 * reservation is kept.
 */
export async function passStreamOn(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
  result: Streaming,
): Promise<Concluded> {
  const { signal } = request
  const { stream, headers, form, leftOut } = result
  const { provider } = attempt.candidate
  if (form.stream === null) throw new Error('a stream that was not requested')
  const { dialect, wantsUsage, rewrite } = form.stream
  const onMarks = (marks: readonly string[]): void => deps.makers.add(marks, provider, request.tokenConsumer)
  const account = new StreamAccount({
    ...{ vendor: provider.vendor, dialect, wantsUsage, onMarks },
    answerCount: request.asked.output.answerCount,
  })
  const call: StreamedCall = {
    ...{ deps, request, attempt, result, dialect, account },
    rewriter: rewrite?.() ?? null,
  }
  const stopKeeping = keepReservation(deps, attempt)
  const leave = (): void => {
    stream.destroy()
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  // What is no stream has the call's own time limit.
  const leftMs = Math.max(attempt.deadlineMs - deps.clock(), 1)
  const timer = setTimeout(() => stream.destroy(new Error('no answer in time')), leftMs)
  let formed: FormedBody
  let whole: Buffer | null
  try {
    formed = await readForm(stream, headers['content-type'])
    whole =
      formed.form === 'events'
        ? null
        : await readWhole(formed.chunks, { maxBytes: maxAnswerBytes, memory: request.memory })
  } catch (error) {
    leave()
    stopKeeping()
    if (error instanceof NoRoomForAnswer && !signal.aborted) {
      return { outcome: { kind: 'noRoom' }, conclusion: chargeAs(call, 'failed', null) }
    }
    return concludeBroken(call, reasonOf(error))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
  if (whole === null) return await passEventsOn(call, formed, stopKeeping)
  stopKeeping()
  return classifyAnswer(deps, request, attempt, {
    kind: 'answered',
    ...{ httpStatus: result.httpStatus, headers, sentAtMs: result.sentAtMs, form, leftOut, body: whole },
  })
}

async function passEventsOn(
  call: StreamedCall,
  { chunks }: FormedBody,
  stopKeeping: () => void,
): Promise<Concluded> {
  const { deps, request, attempt, result, dialect, rewriter, account } = call
  const { httpStatus, headers, stream, sentAtMs, form, leftOut } = result
  const signals = signalsOf(deps, request, attempt, { httpStatus, headers, sentAtMs, complaint: null })
  // Called once the body has been closed, however that comes about.
  let ended: (conclusion: Conclusion) => void = () => undefined
  const conclusion = new Promise<Conclusion>(resolve => {
    ended = resolve
  })
  const opened = await openStream({
    stream,
    chunks,
    account,
    dialect,
    rewriter,
    memory: request.memory,
    filter: new RedactingFilter(deps.heldKeys.redactor(), rewriter?.dialect ?? dialect),
    describe: error => {
      const words = wordsOf(deps, jsonBytes(error) ?? Buffer.alloc(0))
      return `The vendor's stream ended in an error${words === '' ? '.' : `: ${words}`}`
    },
    holdMs: Math.max(attempt.deadlineMs - deps.clock(), 1),
    signal: request.signal,
    onEnd: ending => {
      stopKeeping()
      ended(chargeAs(call, ending, signalsOfError(call) ?? signals))
    },
  })
  if (opened.kind === 'answer')
    return {
      outcome: {
        kind: 'answer',
        answer: { httpStatus, leftOut, contentType: streamType(form), body: opened.body },
      },
      conclusion,
      firstContentAtMs: account.hasContent ? deps.clock() : null,
    }
  stopKeeping()
  if (opened.kind === 'noRoom')
    return { outcome: { kind: 'noRoom' }, conclusion: chargeAs(call, 'failed', null) }
  if (opened.kind === 'broken') return concludeBroken(call, opened.reason)
  return classifyComplaint(deps, request, attempt, {
    ...{ httpStatus, headers, sentAtMs, form, leftOut, what: '' },
    body: jsonBytes(account.error) ?? Buffer.alloc(0),
    usage: () => account.usage,
    characters: () => account.characters,
  })
}

function streamType({ stream }: AnswerForm): string {
  return stream?.contentType ?? 'text/event-stream'
}

/** What an error in the middle of a stream says of quotas; null without one. Until the API knows, its key rests. */
function signalsOfError({ deps, request, attempt, result, account }: StreamedCall): VendorSignals | null {
  if (account.error === null) return null
  const { headers, sentAtMs } = result
  const { candidate } = attempt
  const { provider, model } = candidate
  const body = jsonBytes(account.error) ?? Buffer.alloc(0)
  const httpStatus = statusOf({ httpStatus: result.httpStatus, body })
  const nowMs = deps.clock()
  const classification = readClassification(provider.vendor, { httpStatus, headers, body }, nowMs)
  if (classification.kind === 'refused' && !classification.tooLarge) {
    const { tooLarge, retryAtMs } = classification
    const named = { providerName: provider.name, model }
    const rejection: Rejection = { kind: 'refused', ...named, httpStatus, tooLarge, retryAtMs, words: '' }
    deps.underWay.refused(candidate, withLeastWait(rejection, nowMs), nowMs)
  }
  return signalsOf(deps, request, attempt, { httpStatus, headers, sentAtMs, complaint: body })
}

/** Nothing has gone to the client: another key is to be tried, unless it has gone. */
function concludeBroken(call: StreamedCall, reason: string): Concluded {
  const { request, attempt } = call
  const { provider, model } = attempt.candidate
  const hasLeft = request.signal.aborted
  const conclusion = chargeAs(call, hasLeft ? 'aborted' : 'failed', null)
  if (hasLeft) return { outcome: { kind: 'gone' }, conclusion }
  const fault = `the call to the vendor broke (${reason})`
  const named = { providerName: provider.name, model }
  const rejection: Rejection = { kind: 'failed', ...named, fault, retryAtMs: null, words: '' }
  return { outcome: { kind: 'rejected', rejection }, conclusion }
}

function chargeAs(
  { request, account }: StreamedCall,
  outcome: StreamEnding,
  signals: VendorSignals | null,
): Conclusion {
  const charge = (): Charge => {
    const { characters: answerCharacters, usage, isWholeThoughBroken: isWhole } = account
    return chargeOfAnswer({ asked: request.asked, answerCharacters, usage, outcome, isWhole })
  }
  return { kind: 'charge', signals, charge, ending: outcome }
}
