import { errorStatusOf, type VendorUsage } from '@quotakeeper/vendors'
import { parseJson } from '../../parse-json.js'
import { type Charge, chargeOfAnswer, chargeOfFailed, chargeOfRefused } from '../../settlement/charge.js'
import { type Classification, readClassification } from '../../vendors/read-classification.js'
import { vendorWords } from '../../vendors/vendor-words.js'
import type { Rejection } from '../rejection.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Answered, Attempt, AttemptOutcome, Concluded } from './attempt.js'
import { signalsOf } from './signals-of.js'

/** What a vendor has said in place of an answer. */
export interface Complaint
  extends Pick<Answered, 'httpStatus' | 'headers' | 'sentAtMs' | 'form' | 'leftOut'> {
  /** For the rules that read it. */
  readonly body: Buffer
  /** What it is, for people, where it is no error that says something. */
  readonly what: string
  /** What the call has used nevertheless. */
  readonly usage: () => VendorUsage
  /** Characters of an answer that came before it. */
  readonly characters: () => number
}

/** Of a failure that came as a success, and doesn't say of which kind it is. */
const failedStatus = 502

/**
 * Classifies what a vendor has sent instead of an answer: another key is to be tried, unless
 * the request itself is at fault. What it says of a quota is acted on, with whatever status it came.
 */
export function classifyComplaint(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
  complaint: Complaint,
): Concluded {
  const { provider } = attempt.candidate
  const { headers, body, sentAtMs } = complaint
  const nowMs = deps.clock()
  const httpStatus = statusOf(complaint)
  const classification = classificationOf(complaint, { vendor: provider.vendor, httpStatus, nowMs })
  const signals = signalsOf(deps, request, attempt, { httpStatus, headers, complaint: body, sentAtMs })
  return {
    outcome: outcomeOf(deps, request, attempt, { complaint, classification, httpStatus, nowMs }),
    conclusion: {
      kind: 'charge',
      signals,
      charge: () => chargeOf(request, attempt, complaint, classification),
    },
  }
}

function outcomeOf(
  deps: RouteDeps,
  { asked }: RoutedRequest,
  { candidate: { provider, model } }: Attempt,
  {
    complaint,
    classification,
    httpStatus,
    nowMs,
  }: {
    readonly complaint: Complaint
    readonly classification: Classification
    readonly httpStatus: number
    readonly nowMs: number
  },
): AttemptOutcome {
  const { body } = complaint
  const named = { providerName: provider.name, model }
  switch (classification.kind) {
    case 'requestFault': {
      const { form, leftOut } = complaint
      const written = form.writeComplaint?.({ httpStatus, body }) ?? { httpStatus, body }
      const answer = {
        httpStatus: written.httpStatus,
        leftOut,
        contentType: 'application/json',
        body: deps.heldKeys.redactor().redactComplaint(written.body),
      }
      return { kind: 'answer', answer }
    }
    case 'unknownModel':
      if (asked.isCountedApart !== true) deps.barred.bar(provider.name, model, nowMs)
      return { kind: 'rejected', rejection: { kind: 'unknownModel', ...named } }
    case 'refused': {
      const words = wordsOf(deps, body)
      const held = { keyVariable: provider.keyVariable, isKeyless: provider.key === null }
      return { kind: 'rejected', rejection: { ...named, httpStatus, words, ...held, ...classification } }
    }
    case 'failed': {
      const { retryAtMs } = classification
      const words = complaint.what === '' ? wordsOf(deps, body) : ''
      const rejection: Rejection = { kind: 'failed', ...named, fault: faultOf(complaint), retryAtMs, words }
      return { kind: 'rejected', rejection }
    }
  }
}

/** The status that a complaint stands for. */
export function statusOf({ httpStatus, body }: Pick<Complaint, 'httpStatus' | 'body'>): number {
  if (!isSuccess(httpStatus)) return httpStatus
  return errorStatusOf(parseJson(body)) ?? failedStatus
}

/** The words of a complaint, without keys; empty where it has none. */
export function wordsOf({ heldKeys }: RouteDeps, body: Buffer): string {
  return vendorWords(body, heldKeys.redactor())
}

/** A value as JSON; null where it is nested so deeply that it cannot be written. */
export function jsonBytes(value: unknown): Buffer | null {
  try {
    return Buffer.from(JSON.stringify(value) ?? 'null')
  } catch {
    // A RangeError: a value from JSON can cause no other error.
    return null
  }
}

/** Behind a status of success no fault of the request is believed: another key may find none. */
function classificationOf(
  { httpStatus: stated, headers, body }: Complaint,
  {
    vendor,
    httpStatus,
    nowMs,
  }: { readonly vendor: string; readonly httpStatus: number; readonly nowMs: number },
): Classification {
  const classification = readClassification(vendor, { httpStatus, headers, body }, nowMs)
  return isSuccess(stated) && classification.kind === 'requestFault'
    ? { kind: 'failed', retryAtMs: null }
    : classification
}

function chargeOf(
  { asked }: RoutedRequest,
  { candidate }: Attempt,
  { usage, characters }: Complaint,
  { kind }: Classification,
): Charge {
  const answerCharacters = characters()
  if (answerCharacters > 0)
    return chargeOfAnswer({ asked, answerCharacters, usage: usage(), outcome: 'failed' })
  return kind === 'failed'
    ? chargeOfFailed(usage(), asked.requestCount)
    : chargeOfRefused(candidate.provider.facts.countsRefusals, usage())
}

function faultOf({ httpStatus, what }: Complaint): string {
  const answered = `the vendor answered HTTP ${httpStatus}`
  if (what !== '') return `${answered} with ${what}`
  return isSuccess(httpStatus) ? `${answered} with an error` : answered
}

function isSuccess(httpStatus: number): boolean {
  return httpStatus >= 200 && httpStatus < 300
}
