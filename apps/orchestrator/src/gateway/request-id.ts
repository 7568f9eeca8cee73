/** By which a request is found again: our own name, and the one that clients' libraries read. */
export function requestIdHeaders(requestId: string): Record<string, string> {
  return { 'x-quotakeeper-request-id': requestId, 'x-request-id': requestId }
}
