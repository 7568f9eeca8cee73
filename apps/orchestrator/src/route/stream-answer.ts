import { type Charge, chargeOfAnswer } from '../counting/actual-counts.js'
import type { StreamDialect } from '../doors/stream-dialect.js'
import type { VendorSignals } from '../settle/vendor-signals.js'
import { openStream, type StreamEnding } from '../stream/open-stream.js'
import { type FormedBody, readForm, readWhole } from '../stream/read-form.js'
import { reasonOf } from '../stream/reason-of.js'
import { RedactingFilter } from '../stream/redacting-filter.js'
import { StreamAccount } from '../stream/stream-account.js'
import { NoRoomForAnswer } from '../vendor/answer-memory.js'
import { readVerdict } from '../vendor/read-verdict.js'
import { maxAnswerBytes } from '../vendor/received-answer.js'
import { wantsUsage } from '../vendor/stream-options.js'
import { judgeAnswer } from './judge-answer.js'
import { jsonBytes, judgeComplaint, statusOf, wordsOf } from './judge-complaint.js'
import { type Note, withLeastWait } from './note.js'
import type { RoutedRequest, RouteWorld } from './routed-request.js'
import { settleAttempt, signalsOf } from './settle-attempt.js'
import type { Attempt, AttemptOutcome, Streaming } from './vendor-attempt.js'

/** One stream's call, with all that it is about. */
interface StreamedCall {
  readonly world: RouteWorld
  readonly request: RoutedRequest
  readonly attempt: Attempt
  readonly result: Streaming
  readonly dialect: StreamDialect
  readonly account: StreamAccount
}

/**
 * Passes an answer on as a stream, from its first content. What comes before that is judged like any answer: an error
 * in its place, or a whole answer. The attempt is settled when the stream has ended, however it does; until then its
 * reservation is kept.
 */
export async function passStreamOn(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
  result: Streaming,
): Promise<AttemptOutcome> {
  const { door, body, signal } = request
  const { stream, headers } = result
  const { vendor } = attempt.candidate.provider
  const dialect = door.stream
  if (dialect === null) throw new Error(`${door.path} has no streams`)
  const account = new StreamAccount({ vendor, dialect, wantsUsage: wantsUsage(body) })
  const call: StreamedCall = { world, request, attempt, result, dialect, account }
  const stopKeeping = keepReservation(world, attempt)
  const leave = (): void => {
    stream.destroy()
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  // What is no stream has the call's own time limit.
  const leftMs = Math.max(attempt.deadlineMs - world.clock(), 1)
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
      settleAttempt(world, attempt, null, () => chargeOf(call, 'failed'))
      return { kind: 'noRoom' }
    }
    return settleBroken(call, reasonOf(error))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
  if (whole === null) return await passEventsOn(call, formed, stopKeeping)
  stopKeeping()
  return judgeAnswer(world, request, attempt, {
    kind: 'answered',
    ...{ httpStatus: result.httpStatus, headers, sentAtMs: result.sentAtMs, body: whole },
  })
}

async function passEventsOn(
  call: StreamedCall,
  { chunks }: FormedBody,
  stopKeeping: () => void,
): Promise<AttemptOutcome> {
  const { world, request, attempt, result, dialect, account } = call
  const { httpStatus, headers, stream, sentAtMs } = result
  const signals = signalsOf(world, attempt, { httpStatus, headers, sentAtMs, complaint: null })
  const opened = await openStream({
    stream,
    chunks,
    account,
    dialect,
    filter: new RedactingFilter(world.heldKeys.redactor(), dialect),
    describe: error => {
      const words = wordsOf(world, jsonBytes(error) ?? Buffer.alloc(0))
      return `The vendor's stream ended in an error${words === '' ? '.' : `: ${words}`}`
    },
    holdMs: Math.max(attempt.deadlineMs - world.clock(), 1),
    signal: request.signal,
    onEnd: ending => {
      stopKeeping()
      settleAttempt(world, attempt, signalsOfError(call) ?? signals, () => chargeOf(call, ending))
    },
  })
  if (opened.kind === 'answer')
    return { kind: 'answer', answer: { httpStatus, contentType: 'text/event-stream', body: opened.body } }
  stopKeeping()
  if (opened.kind === 'broken') return settleBroken(call, opened.reason)
  return judgeComplaint(world, attempt, {
    ...{ httpStatus, headers, sentAtMs, what: '' },
    body: jsonBytes(account.error) ?? Buffer.alloc(0),
    usage: () => account.usage,
    characters: () => account.characters,
  })
}

/** What an error in the middle of a stream says of quotas; null without one. Until the API knows, its key rests. */
function signalsOfError({ world, attempt, result, account }: StreamedCall): VendorSignals | null {
  if (account.error === null) return null
  const { headers, sentAtMs } = result
  const { candidate } = attempt
  const { provider, model } = candidate
  const body = jsonBytes(account.error) ?? Buffer.alloc(0)
  const httpStatus = statusOf({ httpStatus: result.httpStatus, body })
  const nowMs = world.clock()
  const verdict = readVerdict(provider.vendor, { httpStatus, headers, body }, nowMs)
  if (verdict.kind === 'refused' && !verdict.tooLarge) {
    const { tooLarge, retryAtMs } = verdict
    const named = { providerName: provider.name, model }
    const note: Note = { kind: 'refused', ...named, httpStatus, tooLarge, retryAtMs, words: '' }
    world.underWay.refused(candidate, withLeastWait(note, nowMs), nowMs)
  }
  return signalsOf(world, attempt, { httpStatus, headers, sentAtMs, complaint: body })
}

/** Nothing has gone to the client: another key is to be tried, unless it has gone. */
function settleBroken(call: StreamedCall, reason: string): AttemptOutcome {
  const { world, request, attempt } = call
  const { provider, model } = attempt.candidate
  const hasLeft = request.signal.aborted
  settleAttempt(world, attempt, null, () => chargeOf(call, hasLeft ? 'aborted' : 'failed'))
  if (hasLeft) return { kind: 'gone' }
  const fault = `the call to its vendor broke (${reason})`
  const named = { providerName: provider.name, model }
  return { kind: 'note', note: { kind: 'failed', ...named, fault, retryAtMs: null, words: '' } }
}

function chargeOf({ attempt, account }: StreamedCall, outcome: StreamEnding): Charge {
  const { characters: answerCharacters, usage } = account
  return chargeOfAnswer({ promptCharacters: attempt.promptCharacters, answerCharacters, usage, outcome })
}

/** Extends the reservation while its call goes on, so that it does not expire under it. */
function keepReservation({ api, log }: RouteWorld, { granted, ttlSeconds }: Attempt): () => void {
  const { reservationId } = granted
  const timer = setInterval(
    () => {
      api.extend({ reservationId, ttlSeconds }).catch((error: unknown) => {
        // Should it expire, it is charged in full until the settlement comes.
        log.warn({ err: error, reservationId }, 'the reservation of a stream could not be extended')
      })
    },
    (ttlSeconds * 1_000) / 2,
  )
  return () => clearInterval(timer)
}
