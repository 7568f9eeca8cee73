import type { LimitState } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { rateLimitHeaders } from './rate-limit-headers.js'

const nowMs = Date.UTC(2026, 10, 29, 12)

function limitOf(state: Partial<LimitState>): LimitState {
  return {
    id: 'requests/week',
    subject: { kind: 'provider', name: 'a' },
    metric: 'requests',
    window: 'week',
    model: null,
    user: null,
    max: 10,
    grants: [],
    used: 3,
    held: 1,
    observed: 0,
    remaining: 6,
    resetsAt: '2026-11-30T00:00:00.000Z',
    mode: 'enforce',
    source: 'configured',
    vendor: null,
    ...state,
  }
}

test('a limit that never resets has neither the length of a window nor a time until it is full', () => {
  const limits = [
    limitOf({}),
    limitOf({ id: 'cost/total', metric: 'cost', window: 'total', resetsAt: null }),
    limitOf({ id: 'concurrency', metric: 'concurrency', window: null, resetsAt: null }),
  ]
  expect(rateLimitHeaders(limits, nowMs)).toEqual({
    'ratelimit-policy':
      '"provider/a/requests/week";q=10;w=604800, "provider/a/cost/total";q=10;qu="cost", "provider/a/concurrency";q=10;qu="concurrency"',
    ratelimit:
      '"provider/a/requests/week";r=6;t=43200, "provider/a/cost/total";r=6, "provider/a/concurrency";r=6',
  })
})
