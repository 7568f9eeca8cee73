import type { EndpointName } from '@quotakeeper/vendors'
import type { VendorRequest, VendorTarget } from '../endpoint-request.js'
import type { JsonRequest } from '../read-json-request.js'
import { writeResponsesRequest } from './write-responses-request.js'

/** A request of Responses for one of its endpoints that set no maximum of output: as it goes to `/v1/responses` but for that. */
export function writeAsItCame(
  endpoint: EndpointName,
  read: JsonRequest,
  target: VendorTarget,
): VendorRequest {
  const request = { ...read, output: { maxTokens: null, answerCount: 1 }, isStream: false, isOwn: true }
  const written = writeResponsesRequest(request, { ...target, maxOutputTokens: null })
  return { ...written, endpoint, path: target.endpoints.get(endpoint) ?? endpoint }
}
