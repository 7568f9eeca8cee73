import { chargeOfBroken } from '../counting/actual-counts.js'
import { grantedOutputTokens } from '../counting/reservation.js'
import { type JsonValue, rewriteBody } from '../vendor/rewrite-body.js'
import { withUsageAsked } from '../vendor/stream-options.js'
import type { VendorResult } from '../vendor/vendor-client.js'
import { vendorHeaders } from '../vendor/vendor-headers.js'
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
  const { provider } = attempt.candidate
  const { isStream } = request
  const sentAtMs = world.clock()
  const result = await world.vendors.call({
    origin: provider.origin,
    path: `${provider.basePath}${request.door.path}${provider.query}`,
    headers: vendorHeaders(provider),
    body: bodyFor(world, request, attempt),
    timeoutMs: Math.max(attempt.deadlineMs - world.clock(), 1),
    streamIdleMs: isStream ? world.streamIdleMs : null,
    signal: request.signal,
  })
  switch (result.kind) {
    case 'answered':
      return judgeAnswer(world, request, attempt, { sentAtMs, ...result })
    case 'streaming':
      return await passStreamOn(world, request, attempt, { sentAtMs, ...result })
    default:
      return settleUnanswered(world, attempt, result)
  }
}

function bodyFor(
  { policy }: RouteWorld,
  { door, text, body, model, isStream }: RoutedRequest,
  attempt: Attempt,
): string {
  const { candidate, granted, promptCharacters } = attempt
  const { vendor, facts } = candidate.provider
  const fields: Record<string, JsonValue> = {}
  if (candidate.model !== model) fields['model'] = candidate.model
  if (policy.isStrict) {
    const { answerCount } = door.askedOutput(body)
    const cap = grantedOutputTokens({ promptCharacters, answerCount }, granted.counts)
    for (const field of door.capFields(body, vendor)) fields[field] = cap
  }
  const sent = Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
  return isStream ? withUsageAsked(sent, body, facts.acceptsStreamOptions) : sent
}

function settleUnanswered(
  world: RouteWorld,
  attempt: Attempt,
  result: Exclude<VendorResult, { kind: 'answered' | 'streaming' }>,
): AttemptOutcome {
  const { place, promptCharacters, granted, candidate } = attempt
  const wasSent = result.kind === 'broken' || (result.kind === 'aborted' && result.wasSent)
  if (!wasSent) place.settle(() => ({ kind: 'release', reservationId: granted.reservationId }))
  else {
    const outcome = result.kind === 'aborted' ? 'aborted' : 'failed'
    settleAttempt(world, attempt, null, () =>
      chargeOfBroken({ promptCharacters, outcome, received: result.received }),
    )
  }
  if (result.kind === 'aborted') return { kind: 'gone' }
  const deed = result.kind === 'unreached' ? 'its vendor cannot be reached' : 'the call to its vendor broke'
  const fault = `${deed} (${result.reason})`
  return {
    kind: 'note',
    note: { kind: 'failed', providerName: candidate.provider.name, model: candidate.model, fault },
  }
}
