import { type Charge, chargeOfStream } from '../counting/actual-counts.js'
import { fieldOf } from '../counting/json-value.js'
import { openStream, type StreamEnding } from '../stream/open-stream.js'
import { StreamAccount } from '../stream/stream-account.js'
import { wantsUsage } from '../vendor/stream-options.js'
import { judgeAnswer } from './judge-answer.js'
import type { RoutedRequest, RouteWorld } from './routed-request.js'
import { settleAttempt, signalsOf } from './settle-attempt.js'
import type { Answered, Attempt, AttemptOutcome, Streaming } from './vendor-attempt.js'

/**
 * Passes a stream on from its first event. An error in that event's place is judged like any refusal. The
 * attempt is settled when the stream has ended, however it does; until then its reservation is kept.
 */
export async function passStreamOn(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
  result: Streaming,
): Promise<AttemptOutcome> {
  const signals = signalsOf(attempt, result, null, world.clock())
  const { door, body, signal } = request
  const { candidate, promptCharacters } = attempt
  const { httpStatus, headers, stream } = result
  const account = new StreamAccount({
    vendor: candidate.provider.vendor,
    deltaCharacters: event => door.deltaCharacters?.(event) ?? 0,
    wantsUsage: wantsUsage(body),
  })
  const stopKeeping = keepReservation(world, attempt)
  const charge = (outcome: StreamEnding): Charge =>
    chargeOfStream({
      promptCharacters,
      answerCharacters: account.characters,
      usage: account.usage,
      outcome,
    })
  const opened = await openStream({
    stream,
    account,
    signal,
    onEnd: ending => {
      stopKeeping()
      settleAttempt(world, attempt, signals, () => charge(ending))
    },
  })
  if (opened.kind === 'answer') {
    const contentType = headers['content-type'] ?? 'text/event-stream'
    return { kind: 'answer', answer: { httpStatus, contentType, body: opened.body } }
  }
  stopKeeping()
  if (opened.kind === 'error')
    return judgeAnswer(world, request, attempt, answerOfEvent(result, opened.event))
  settleAttempt(world, attempt, null, () => charge(signal.aborted ? 'aborted' : 'failed'))
  if (signal.aborted) return { kind: 'gone' }
  const fault = `the call to its vendor broke (${opened.reason})`
  return {
    kind: 'note',
    note: {
      kind: 'failed',
      providerName: candidate.provider.name,
      model: candidate.model,
      fault,
      retryAtMs: null,
      words: '',
    },
  }
}

/** An error that came as an event, as the answer that it stands for: some vendors refuse behind HTTP 200. */
function answerOfEvent({ headers, sentAtMs }: Streaming, event: unknown): Answered {
  const code = fieldOf(fieldOf(event, 'error'), 'code')
  const isStatus = typeof code === 'number' && Number.isInteger(code) && code >= 400 && code < 600
  return {
    kind: 'answered',
    httpStatus: isStatus ? code : 502,
    headers: { ...headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(event)),
    sentAtMs,
  }
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
