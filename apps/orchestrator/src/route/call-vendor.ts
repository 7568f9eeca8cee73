import { rejectsField } from '@quotakeeper/vendors'
import { parseJson } from '../parse-json.js'
import type { AddedField } from '../routing/rejected-fields.js'
import { maxAnswerBytes } from '../vendor/received-answer.js'
import type { VendorResult } from '../vendor/vendor-client.js'
import { vendorHeaders } from '../vendor/vendor-headers.js'
import type { RoutedRequest, RouteWorld } from './routed-request.js'
import type { Attempt } from './vendor-attempt.js'
import { type VendorBody, vendorBody } from './vendor-body.js'

/** A larger answer is no complaint. */
const maxErrorBytes = 1_048_576

/** What an attempt's call came to. */
export type CallResult = VendorResult & {
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
}

/**
 * Calls the vendor of an attempt. Where it refuses a field that was added here, `stream_options` above all, the
 * call is repeated without it, under the same reservation: nothing was carried out, and the client has not asked
 * for the field. That is remembered if the repetition fares better.
 */
export async function callVendor(
  world: RouteWorld,
  request: RoutedRequest,
  attempt: Attempt,
): Promise<CallResult> {
  const { candidate } = attempt
  const rejected = new Set<AddedField>()
  const isRejected = (field: AddedField): boolean =>
    rejected.has(field) || world.rejectedFields.has(candidate, field, world.clock())
  while (true) {
    const body = vendorBody(world, request, attempt, isRejected)
    const result = await callOnce(world, request, attempt, body)
    const field = rejectedIn(request, result, body)
    if (field !== null && !request.signal.aborted && world.clock() < attempt.deadlineMs) {
      // Each is left out once, so that this ends.
      rejected.add(field)
      continue
    }
    if (hasFared(result))
      for (const field of rejected) world.rejectedFields.add(candidate, field, world.clock())
    return result
  }
}

async function callOnce(
  world: RouteWorld,
  request: RoutedRequest,
  { candidate, deadlineMs }: Attempt,
  { text }: VendorBody,
): Promise<CallResult> {
  const { provider } = candidate
  const sentAtMs = world.clock()
  const result = await world.vendors.call({
    origin: provider.origin,
    path: `${provider.basePath}${request.door.path}${provider.query}`,
    headers: vendorHeaders(provider),
    body: text,
    timeoutMs: Math.max(deadlineMs - sentAtMs, 1),
    streamIdleMs: request.isStream ? world.streamIdleMs : null,
    maxBytes: maxAnswerBytes,
    memory: request.memory,
    signal: request.signal,
  })
  return { sentAtMs, ...result }
}

function rejectedIn(
  { isStream }: RoutedRequest,
  result: CallResult,
  { added }: VendorBody,
): AddedField | null {
  if (result.kind !== 'answered' || added.length === 0) return null
  const { httpStatus, body } = result
  // An answer, as it was asked for. Whole in place of a stream it may be an error that came as 200.
  if ((httpStatus < 400 && !isStream) || body.length > maxErrorBytes) return null
  const parsed = parseJson(body) ?? body.toString('utf8')
  return added.find(field => rejectsField(httpStatus, parsed, field)) ?? null
}

/** Whether the call was taken, or refused for another reason than the request. */
function hasFared(result: CallResult): boolean {
  return (
    result.kind === 'streaming' || (result.kind === 'answered' && ![400, 422].includes(result.httpStatus))
  )
}
