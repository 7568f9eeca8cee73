import { rejectsField } from '@quotakeeper/vendors'
import type { AddedField, AnswerForm, Maker, VendorRequest } from '../../endpoints/endpoint-request.js'
import { parseJson } from '../../parse-json.js'
import { grantedOutputTokens } from '../../settlement/reservation.js'
import { locate } from '../../vendors/locate.js'
import { maxAnswerBytes } from '../../vendors/received-answer.js'
import { vendorHeaders } from '../../vendors/vendor-headers.js'
import type { VendorResult } from '../../vendors/vendor-result.js'
import type { RouteDeps } from '../route-deps.js'
import type { RoutedRequest } from '../routed-request.js'
import type { Attempt } from './attempt.js'

/** A larger answer is no complaint. */
const maxErrorBytes = 1_048_576

/** So many repetitions without a field that was added, at most. */
const maxRepeats = 6

/** What an attempt's call came to. */
export type CallResult = VendorResult & {
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
  /** How what was sent is answered. */
  readonly form: AnswerForm
  /** What of the client's request was not sent. */
  readonly leftOut: readonly string[]
}

/**
 * Calls the vendor of an attempt. Where it refuses a field that was added here, the
 * call is repeated without it, under the same reservation: nothing was carried out, and the client has not asked
 * for the field. That is remembered if the repetition fares better.
 */
export async function callVendor(
  deps: RouteDeps,
  request: RoutedRequest,
  attempt: Attempt,
): Promise<CallResult> {
  const { candidate, granted } = attempt
  const { provider, model } = candidate
  const { asked } = request
  const rejected = new Map<string, AddedField>()
  const isRejected = (field: AddedField): boolean =>
    rejected.has(field.name) || deps.rejectedFields.has(candidate, field, deps.clock())
  const isStrict = deps.policy.isStrict || request.isStrict
  const maxOutputTokens = isStrict ? grantedOutputTokens(asked, granted.counts) : null
  const makerOf = (mark: string): Maker => deps.makers.of(mark, provider)
  while (true) {
    const { vendor, endpoints, facts } = provider
    const sent = asked.writeFor({ vendor, endpoints, facts, model, maxOutputTokens, isRejected, makerOf })
    const result = await callOnce(deps, request, attempt, sent)
    const field = rejected.size < maxRepeats ? rejectedIn(result, sent) : null
    if (field !== null && !request.signal.aborted && deps.clock() < attempt.deadlineMs) {
      // Each is left out once, so that this ends.
      rejected.set(field.name, field)
      continue
    }
    if (hasFared(result))
      for (const field of rejected.values())
        if (field.isLasting !== false) deps.rejectedFields.add(candidate, field, deps.clock())
    return result
  }
}

async function callOnce(
  deps: RouteDeps,
  request: RoutedRequest,
  { candidate, deadlineMs, mayGiveUp }: Attempt,
  { endpoint, path, headers, body, answer, leftOut = [] }: VendorRequest,
): Promise<CallResult> {
  const { provider } = candidate
  const sentAtMs = deps.clock()
  const timeoutMs = Math.max(deadlineMs - sentAtMs, 1)
  const isStream = request.asked.stream !== null
  const result = await deps.vendors.call({
    origin: provider.origin,
    path: locate(provider, path),
    headers: { ...vendorHeaders(provider, endpoint), ...headers },
    body,
    timeoutMs,
    // Only streams begin before all of the answer is there.
    patience: isStream ? { ms: Math.min(deps.streamIdleMs, timeoutMs / 2), mayGiveUp } : null,
    streamIdleMs: isStream || request.asked.isByteStream === true ? deps.streamIdleMs : null,
    maxBytes: maxAnswerBytes,
    memory: request.memory,
    signal: request.signal,
  })
  return { sentAtMs, form: answer ?? request.asked, leftOut, ...result }
}

function rejectedIn(result: CallResult, { added }: VendorRequest): AddedField | null {
  if (result.kind !== 'answered' || added.length === 0) return null
  const { httpStatus, body, form } = result
  // An answer, as it was asked for. Whole in place of a stream it may be an error that came as 200.
  if ((httpStatus < 400 && form.stream === null) || body.length > maxErrorBytes) return null
  const parsed = parseJson(body) ?? body.toString('utf8')
  return (
    added.find(
      field => field.isMeantBy?.(httpStatus, parsed) ?? rejectsField(httpStatus, parsed, field.name),
    ) ?? null
  )
}

/** Whether the call was taken, or refused for another reason than the request. */
function hasFared(result: CallResult): boolean {
  return (
    result.kind === 'streaming' || (result.kind === 'answered' && ![400, 422].includes(result.httpStatus))
  )
}
