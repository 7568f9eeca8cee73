import type { AcquireAnswer } from '../api/quota-api.js'
import {
  type Charge,
  chargeOfAnswer,
  chargeOfBroken,
  chargeOfFailed,
  chargeOfRefused,
} from '../counting/actual-counts.js'
import { grantedOutputTokens } from '../counting/reservation.js'
import type { Candidate } from '../routing/resolve-model.js'
import type { Place } from '../settle/settle-queue.js'
import { readVerdict } from '../vendor/read-verdict.js'
import { redactKey } from '../vendor/redact-key.js'
import { rewriteBody } from '../vendor/rewrite-body.js'
import type { VendorResult } from '../vendor/vendor-client.js'
import { vendorHeaders } from '../vendor/vendor-headers.js'
import type { Note } from './note.js'
import type { RoutedRequest, RouteWorld, VendorAnswer } from './routed-request.js'

/** A reservation that was granted, as the API answers it. */
export type Granted = Extract<AcquireAnswer, { decision: 'granted' }>

/** One call to a vendor, all it needs. */
export interface Attempt {
  readonly candidate: Candidate
  readonly granted: Granted
  readonly place: Place
  readonly promptCharacters: number
  /** Epoch milliseconds. */
  readonly deadlineMs: number
}

/** What became of it: the client's answer, or why another key is to be tried. */
export type AttemptOutcome =
  | { readonly kind: 'answer'; readonly answer: VendorAnswer }
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'gone' }

/** Calls the vendor once and settles, whatever comes of it. */
export async function makeAttempt(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
): Promise<AttemptOutcome> {
  const { provider } = attempt.candidate
  const result = await world.vendors.call({
    origin: provider.origin,
    path: `${provider.basePath}${request.door.path}${provider.query}`,
    headers: vendorHeaders(provider),
    body: bodyFor(world, request, attempt),
    timeoutMs: Math.max(attempt.deadlineMs - world.clock(), 1),
    signal: request.signal,
  })
  return result.kind === 'answered'
    ? judgeAnswer(world, request, attempt, result)
    : settleUnanswered(attempt, result)
}

function bodyFor(
  { policy }: RouteWorld,
  { door, text, body, model }: RoutedRequest,
  attempt: Attempt,
): string {
  const { candidate, granted, promptCharacters } = attempt
  const fields: Record<string, string | number> = {}
  if (candidate.model !== model) fields['model'] = candidate.model
  if (policy.isStrict) {
    const field = door.capField(body, candidate.provider.vendor)
    fields[field] = grantedOutputTokens(promptCharacters, granted.counts)
  }
  return Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
}

function judgeAnswer(
  world: RouteWorld,
  { door }: RoutedRequest,
  attempt: Attempt,
  result: Extract<VendorResult, { kind: 'answered' }>,
): AttemptOutcome {
  const { candidate, promptCharacters } = attempt
  const { provider, model } = candidate
  const nowMs = world.clock()
  const verdict = readVerdict(result, nowMs)
  const answer = result.body
  settle(attempt, () => {
    if (verdict.kind === 'failed') return chargeOfFailed
    if (verdict.kind !== 'final' || verdict.isRefusal) return chargeOfRefused(provider.facts.countsRefusals)
    const countCharacters = (body: unknown): number => door.answerCharacters(body)
    return chargeOfAnswer({ vendor: provider.vendor, promptCharacters, answer, countCharacters })
  })
  const named = { providerName: provider.name, model }
  switch (verdict.kind) {
    case 'final':
      return { kind: 'answer', answer: answerFor(result, verdict.isRefusal ? provider.key : null) }
    case 'unknownModel':
      world.barred.bar(provider.name, model, nowMs)
      return { kind: 'note', note: { kind: 'unknownModel', ...named } }
    case 'refused': {
      const { tooLarge, retryAfterMs } = verdict
      const retryAtMs = retryAfterMs === null ? null : nowMs + retryAfterMs
      const { httpStatus } = result
      return { kind: 'note', note: { kind: 'refused', ...named, httpStatus, tooLarge, retryAtMs } }
    }
    case 'failed':
      return {
        kind: 'note',
        note: { kind: 'failed', ...named, fault: `its vendor answered HTTP ${result.httpStatus}` },
      }
  }
}

function settleUnanswered(
  attempt: Attempt,
  result: Exclude<VendorResult, { kind: 'answered' }>,
): AttemptOutcome {
  const { place, promptCharacters, granted, candidate } = attempt
  const wasSent = result.kind === 'broken' || (result.kind === 'aborted' && result.wasSent)
  if (!wasSent) place.settle(() => ({ kind: 'release', reservationId: granted.reservationId }))
  else {
    const outcome = result.kind === 'aborted' ? 'aborted' : 'failed'
    settle(attempt, () => chargeOfBroken({ promptCharacters, outcome, received: result.received }))
  }
  if (result.kind === 'aborted') return { kind: 'gone' }
  const deed = result.kind === 'unreached' ? 'its vendor cannot be reached' : 'the call to its vendor broke'
  const fault = `${deed} (${result.reason})`
  return {
    kind: 'note',
    note: { kind: 'failed', providerName: candidate.provider.name, model: candidate.model, fault },
  }
}

function settle({ place, granted }: Attempt, charge: () => Charge): void {
  place.settle(() => ({ kind: 'commit', reservationId: granted.reservationId, charge: charge() }))
}

/** As it came; but a vendor's complaint may quote the key, which is none of the client's. */
function answerFor(
  { httpStatus, headers, body }: Extract<VendorResult, { kind: 'answered' }>,
  secretKey: string | null,
): VendorAnswer {
  return {
    httpStatus,
    contentType: headers['content-type'] ?? 'application/json',
    body: secretKey === null ? body : redactKey(body, secretKey),
  }
}
