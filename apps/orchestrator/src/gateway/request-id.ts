/** Headers with the request id: our own, and the one read by client libraries. */
export function requestIdHeaders(requestId: string): Record<string, string> {
  return { 'x-quotakeeper-request-id': requestId, 'x-request-id': requestId }
}
