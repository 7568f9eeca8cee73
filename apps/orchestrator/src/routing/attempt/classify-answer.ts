import type { VendorUsage } from '@quotakeeper/vendors'
import { parseJson } from '../../parse-json.js'
import { chargeOfAnswer } from '../../settlement/charge.js'
import { firstEvent } from '../../vendors/stream/whole-events.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Answered, Attempt, Concluded } from './attempt.js'
import { classifyComplaint, jsonBytes } from './classify-complaint.js'
import { signalsOf } from './signals-of.js'

/**
 * Classifies a vendor's whole answer: it goes to the client in the form that was asked for, or another key is to be tried.
 * A status of success does not make an answer.
 */
export function classifyAnswer(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
  result: Answered,
): Concluded {
  const { httpStatus, headers, body, sentAtMs, form, leftOut } = result
  const { asked } = request
  const { provider } = attempt.candidate
  const { vendor } = provider
  const stated = { httpStatus, headers, sentAtMs, form, leftOut, what: '' }
  if (httpStatus < 200 || httpStatus >= 300) {
    // A complaint may come as the one event of a stream.
    const said = firstEvent(body) ?? body
    const usage = (): VendorUsage => form.usageOf(parseJson(said), vendor)
    return classifyComplaint(deps, request, attempt, { ...stated, body: said, usage, characters: () => 0 })
  }
  const read = form.readAnswer({ vendor, body, contentType: headers['content-type'] })
  const usage = (): VendorUsage => read.usage()
  const characters = (): number => read.characters()
  if (read.kind === 'error') {
    const said = jsonBytes(read.error) ?? body
    return classifyComplaint(deps, request, attempt, { ...stated, body: said, usage, characters })
  }
  if (read.kind === 'none')
    return classifyComplaint(deps, request, attempt, { ...stated, body, what: read.what, usage, characters })
  deps.makers.add(read.marks?.() ?? [], provider, request.tokenConsumer)
  const answer = {
    httpStatus,
    leftOut,
    contentType: read.contentType,
    body: deps.heldKeys.redactor().redact(read.body),
  }
  return {
    outcome: { kind: 'answer', answer },
    conclusion: {
      kind: 'charge',
      signals: signalsOf(deps, request, attempt, { httpStatus, headers, sentAtMs, complaint: null }),
      charge: () =>
        chargeOfAnswer({
          asked,
          answerCharacters: characters(),
          usage: usage(),
          outcome: 'succeeded',
          pending: read.isPending?.() === true ? attempt.granted.counts : null,
        }),
    },
  }
}
