import { readUsage, type VendorUsage } from '@quotakeeper/vendors'
import { wantsUsage } from '../../endpoints/chat-completions/stream-options.js'
import { firstEvent, type ReadAnswer, readAnswer } from '../../endpoints/read-answer.js'
import { parseJson } from '../../parse-json.js'
import { chargeOfAnswer } from '../../settlement/charge.js'
import { settleAttempt, signalsOf } from '../../settlement/settle-attempt.js'
import type { RoutedRequest, RouteWorld, VendorAnswer } from '../routed-request.js'
import type { Answered, Attempt, AttemptOutcome } from './attempt.js'
import { jsonBytes, judgeComplaint } from './judge-complaint.js'

type WholeAnswer = Extract<ReadAnswer, { kind: 'answer' }>

/**
 * Judges a vendor's whole answer, and settles its attempt: it goes to the client in the form that was asked for, or
 * another key is to be tried. A status of success does not make an answer.
 */
export function judgeAnswer(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
  result: Answered,
): AttemptOutcome {
  const { httpStatus, headers, body, sentAtMs } = result
  const { vendor } = attempt.candidate.provider
  const stated = { httpStatus, headers, sentAtMs }
  if (httpStatus < 200 || httpStatus >= 300) {
    // A complaint may come as the one event of a stream.
    const said = firstEvent(body) ?? body
    const usage = (): VendorUsage => readUsage(parseJson(said), vendor)
    return judgeComplaint(world, attempt, { ...stated, body: said, what: '', usage, characters: () => 0 })
  }
  const read = readAnswer({ door: request.door, vendor, body, contentType: headers['content-type'] })
  const { usage, characters } = read
  if (read.kind === 'error') {
    const said = jsonBytes(read.error) ?? body
    return judgeComplaint(world, attempt, { ...stated, body: said, what: '', usage, characters })
  }
  if (read.kind === 'none')
    return judgeComplaint(world, attempt, { ...stated, body, what: read.what, usage, characters })
  const answer = answerFor(world, request, result, read)
  if (answer === null)
    return judgeComplaint(world, attempt, {
      ...stated,
      body,
      what: 'an answer that is nested too deeply',
      usage,
      characters,
    })
  settleAttempt(world, attempt, signalsOf(world, attempt, { ...stated, complaint: null }), () =>
    chargeOfAnswer({
      promptCharacters: attempt.promptCharacters,
      answerCharacters: characters(),
      usage: usage(),
      outcome: 'succeeded',
    }),
  )
  return { kind: 'answer', answer }
}

/** In the form that the client has asked for, without keys. Null where it cannot be written. */
function answerFor(
  world: RouteWorld,
  { door, body, isStream }: RoutedRequest,
  result: Answered,
  { answer, isAsItCame }: WholeAnswer,
): VendorAnswer | null {
  const { httpStatus } = result
  const redactor = world.heldKeys.redactor()
  if (!isStream || door.stream === null) {
    const whole = isAsItCame ? result.body : jsonBytes(answer)
    return whole && { httpStatus, contentType: 'application/json', body: redactor.redact(whole) }
  }
  const events = door.stream.split(answer, wantsUsage(body)).map(jsonBytes)
  if (events.includes(null)) return null
  const frames = [...events, door.stream.endMark].map(event => `data: ${event}\n\n`)
  const streamed = Buffer.from(frames.join(''))
  return { httpStatus, contentType: 'text/event-stream', body: redactor.redact(streamed) }
}
