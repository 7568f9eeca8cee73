/** Success and latency of calls. */
export const performance = {
  note: 'Success and latency of calls to vendors.',
  thePerformance: 'performance',
  periods: { '24h': '24 hours', '7d': '7 days' },
  noCallsOfDay: 'No calls in the last 24 hours.',
  noCallsOfWeek: 'No calls in the last 7 days.',
  noCallsHint: 'The gateway reports its calls every 5 seconds. <try>Try a call</try>',
  ofDay: 'Performance in the last 24 hours',
  noCalls: 'No calls through the gateway.',
  noProvider: 'no provider called',
  success: 'Success',
  refused: 'Refused',
  failed: 'Failed',
  aborted: 'Aborted',
  notCalled: 'Not called',
  p50: 'p50',
  p95: 'p95',
  firstTokenP50: 'First token p50',
  firstTokenP95: 'First token p95',
  meaning: 'What these figures mean',
  callsMeaning:
    'Calls to vendors. If one provider refuses a call and another answers it, each has a call. Success is the share that was answered, without those that the client aborted.',
  endings: 'Refused, failed, aborted',
  endingsMeaning:
    'The vendor refused the call; it was not reached, broke off or was too slow; the client left before the end.',
  notCalledMeaning:
    'Requests that were refused before any vendor was called, since no key or consumer had room.',
  percentiles: 'p50, p95',
  percentilesMeaning:
    'Half of the answered calls took at most p50, 95 % at most p95, from sending to the end of the answer. Both are exact to 9.1 %. First token: until a stream’s first content.',
} as const
