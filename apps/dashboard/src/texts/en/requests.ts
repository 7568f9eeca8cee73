/** Requests, and the trace of one. */
export const requests = {
  note: 'Kept for 7 days. Prompts and answers are not stored.',
  theRequests: 'requests',
  outcome: 'Outcome',
  servedBy: 'Served by',
  noMatch: 'No request matches.',
  noMatchHint:
    'Point a client at the gateway, <code>{url}</code>, and its requests appear here. <try>Try a call</try>',
  received: 'Received',
  attempts: 'Attempts',
  duration: 'Duration',
  request: 'Request',
  theRequest: 'the request',
  thisRequest: 'This request',
  represents: 'This trace represents {count} requests with the same outcome within a minute.',
  tried: 'Tried',
  noVendorCalled: 'No vendor was called.',
  attempt: '<provider>{name}</provider>: {ending}',
  attemptAs: '<provider>{name}</provider> as {model}: {ending}',
  endingStatus: '{ending} (HTTP {status})',
  skipped: 'Skipped',
  noKeySkipped: 'No key was skipped.',
  skip: '<provider>{name}</provider>: {reasons}',
  charged: 'Charged',
  nothingCharged: 'Nothing was charged.',
  answered:
    '{kind, select, stream {A stream, it} other {It}} arrived at {at} and was served by {name} after {duration}{waited}. Keys were ordered by {strategy}.',
  aborted:
    '{kind, select, stream {A stream, it} other {It}} arrived at {at} and was aborted by the client after {duration}{waited}. Keys were ordered by {strategy}.',
  refused:
    '{kind, select, stream {A stream, it} other {It}} arrived at {at} and was refused after {duration}{waited}. Keys were ordered by {strategy}.',
  waited: ', including a wait of {length} for quota',
  for: 'For',
  estimated: '{state}, estimated',
} as const
