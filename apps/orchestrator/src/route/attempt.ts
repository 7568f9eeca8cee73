import { chargeOfBroken } from '../counting/actual-counts.js'
import type { VendorResult } from '../vendor/vendor-client.js'
import { callVendor } from './call-vendor.js'
import { judgeAnswer } from './judge-answer.js'
import type { RoutedRequest, RouteWorld } from './routed-request.js'
import { settleAttempt } from './settle-attempt.js'
import { passStreamOn } from './stream-answer.js'
import type { Attempt, AttemptOutcome } from './vendor-attempt.js'

/** Calls the vendor once and settles, whatever comes of it. */
export async function makeAttempt(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
): Promise<AttemptOutcome> {
  const result = await callVendor(world, request, attempt)
  switch (result.kind) {
    case 'answered':
      return judgeAnswer(world, request, attempt, result)
    case 'streaming':
      return await passStreamOn(world, request, attempt, result)
    default:
      return settleUnanswered(world, attempt, result)
  }
}

function settleUnanswered(
  world: RouteWorld,
  attempt: Attempt,
  result: Exclude<VendorResult, { kind: 'answered' | 'streaming' }>,
): AttemptOutcome {
  const { place, promptCharacters, granted, candidate } = attempt
  if (result.kind === 'unreached' || (result.kind === 'aborted' && !result.wasSent)) {
    place.settle(() => ({ kind: 'release', reservationId: granted.reservationId }))
  } else {
    const outcome = result.kind === 'aborted' ? 'aborted' : 'failed'
    settleAttempt(world, attempt, null, () =>
      chargeOfBroken({ promptCharacters, outcome, received: result.received }),
    )
  }
  if (result.kind === 'aborted') return { kind: 'gone' }
  if (result.kind === 'noRoom') return { kind: 'noRoom' }
  const deed = result.kind === 'unreached' ? 'its vendor cannot be reached' : 'the call to its vendor broke'
  const fault = `${deed} (${result.reason})`
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
