import type { AcquireAnswer } from '../api/quota-api.js'
import {
  type Charge,
  chargeOfAnswer,
  chargeOfBroken,
  chargeOfFailed,
  chargeOfRefused,
  chargeOfStream,
} from '../counting/actual-counts.js'
import { fieldOf } from '../counting/json-value.js'
import { grantedOutputTokens } from '../counting/reservation.js'
import { costMicroUsd, type PricedCounts } from '../money/price-list.js'
import type { Candidate } from '../routing/resolve-model.js'
import type { Place } from '../settle/settle-queue.js'
import { type VendorSignals, vendorSignals } from '../settle/vendor-signals.js'
import { openStream, type StreamEnding } from '../stream/open-stream.js'
import { StreamAccount } from '../stream/stream-account.js'
import { readVerdict } from '../vendor/read-verdict.js'
import { redactKey } from '../vendor/redact-key.js'
import { type JsonValue, rewriteBody } from '../vendor/rewrite-body.js'
import { wantsUsage, withUsageAsked } from '../vendor/stream-options.js'
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
  /** For which it was reserved. */
  readonly ttlSeconds: number
}

interface Sent {
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
}

type Answered = Extract<VendorResult, { kind: 'answered' }> & Sent
type Streaming = Extract<VendorResult, { kind: 'streaming' }> & Sent

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
      return judgeAnswer(world, request, attempt, { ...result, sentAtMs })
    case 'streaming':
      return await passStreamOn(world, request, attempt, { ...result, sentAtMs })
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
  const capField = policy.isStrict ? door.capField(body, vendor) : null
  if (capField !== null) fields[capField] = grantedOutputTokens(promptCharacters, granted.counts)
  const sent = Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
  return isStream ? withUsageAsked(sent, body, facts.acceptsStreamOptions) : sent
}

function judgeAnswer(
  world: RouteWorld,
  { door }: RoutedRequest,
  attempt: Attempt,
  result: Answered,
): AttemptOutcome {
  const { candidate, promptCharacters } = attempt
  const { provider, model } = candidate
  const nowMs = world.clock()
  const verdict = readVerdict(provider.vendor, result, nowMs)
  const answer = result.body
  const isAnswer = verdict.kind === 'final' && !verdict.isRefusal
  settle(world, attempt, signalsOf(attempt, result, isAnswer ? null : answer, nowMs), () => {
    if (verdict.kind === 'failed') return chargeOfFailed
    if (!isAnswer) return chargeOfRefused(provider.facts.countsRefusals)
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
      const { tooLarge, retryAtMs } = verdict
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
  world: RouteWorld,
  attempt: Attempt,
  result: Exclude<VendorResult, { kind: 'answered' | 'streaming' }>,
): AttemptOutcome {
  const { place, promptCharacters, granted, candidate } = attempt
  const wasSent = result.kind === 'broken' || (result.kind === 'aborted' && result.wasSent)
  if (!wasSent) place.settle(() => ({ kind: 'release', reservationId: granted.reservationId }))
  else {
    const outcome = result.kind === 'aborted' ? 'aborted' : 'failed'
    settle(world, attempt, null, () =>
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

function settle(
  world: RouteWorld,
  attempt: Attempt,
  signals: VendorSignals | null,
  charge: () => Charge,
): void {
  const { place, granted } = attempt
  const { reservationId } = granted
  place.settle(() => ({
    kind: 'commit',
    reservationId,
    charge: { ...priced(world, attempt, charge()), ...(signals !== null && { signals }) },
  }))
}

/** The charge with what the call has cost: by the vendor's word, or else by the configuration's prices. */
function priced({ routing, unpriced }: RouteWorld, { candidate }: Attempt, charge: Charge): Charge {
  const { prices } = routing.current()
  const { provider, model } = candidate
  // Nobody is billed for what was refused.
  if (charge.outcome === 'refused' || (charge.costMicroUsd ?? 0) > 0) return charge
  const price = prices.find(provider.vendor, model)
  if (price !== null) return { ...charge, costMicroUsd: costMicroUsd(price, countsOf(charge)) }
  // Free only in our ignorance.
  if (prices.isEmpty || isNothing(charge)) return charge
  unpriced.notice(provider.vendor, model)
  return { ...charge, estimated: true }
}

function countsOf(charge: Charge): PricedCounts {
  const { requestCount = 1, inputTokenCount = 0, outputTokenCount = 0, cachedInputTokenCount = 0 } = charge
  return { requestCount, inputTokenCount, outputTokenCount, cachedInputTokenCount }
}

function isNothing(charge: Charge): boolean {
  const { requestCount, inputTokenCount, outputTokenCount } = countsOf(charge)
  return requestCount + inputTokenCount + outputTokenCount === 0
}

/** What the answer may say of quotas, for the API. A complaint may quote the key. */
function signalsOf(
  { candidate }: Attempt,
  { httpStatus, headers, sentAtMs }: Answered | Streaming,
  refusal: Buffer | null,
  receivedAtMs: number,
): VendorSignals {
  const { name, key } = candidate.provider
  const body = refusal === null || key === null ? refusal : redactKey(refusal, key)
  return vendorSignals({ providerName: name, httpStatus, headers, refusal: body, sentAtMs, receivedAtMs })
}

/**
 * Passes a stream on from its first event. An error in that event's place is judged like any refusal. The
 * attempt is settled when the stream has ended, however it does; until then its reservation is kept.
 */
async function passStreamOn(
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
      settle(world, attempt, signals, () => charge(ending))
    },
  })
  if (opened.kind === 'answer') {
    const contentType = headers['content-type'] ?? 'text/event-stream'
    return { kind: 'answer', answer: { httpStatus, contentType, body: opened.body } }
  }
  stopKeeping()
  if (opened.kind === 'error')
    return judgeAnswer(world, request, attempt, answerOfEvent(result, opened.event))
  settle(world, attempt, null, () => charge(signal.aborted ? 'aborted' : 'failed'))
  if (signal.aborted) return { kind: 'gone' }
  const fault = `the call to its vendor broke (${opened.reason})`
  return {
    kind: 'note',
    note: { kind: 'failed', providerName: candidate.provider.name, model: candidate.model, fault },
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
