import { expect, test } from 'vitest'
import type { ObserveCommand, QuotaFact } from '../../domain/command.js'
import { believedAnswer } from './believed-answer.js'

const nowMs = Date.UTC(2026, 10, 25, 12)
const minuteMs = 60_000
const dayMs = 86_400_000

const answer: ObserveCommand = {
  type: 'observe',
  providerName: 'groq_1',
  model: '',
  reservationId: null,
  facts: [],
  refusal: null,
  succeeded: false,
}

test.each([
  ['no instant', null, nowMs, null],
  ['a wait of a minute', nowMs + minuteMs, nowMs, nowMs + minuteMs],
  ['a clock slightly ahead', nowMs + 5 * minuteMs, nowMs + 4 * minuteMs, nowMs + 5 * minuteMs],
  ['a clock that is an hour ahead', nowMs + 61 * minuteMs, nowMs + 60 * minuteMs, nowMs + minuteMs],
  ['an answer of the year 9999', Date.UTC(9_999, 11, 31), Date.UTC(9_999, 11, 30), nowMs + dayMs],
  ['an answer of yesterday', nowMs - dayMs + minuteMs, nowMs - dayMs, nowMs - dayMs + minuteMs],
  ['a wait of a year', nowMs + 365 * dayMs, nowMs, nowMs + 32 * dayMs],
  ['a wait of a year, stated yesterday', nowMs + 364 * dayMs, nowMs - dayMs, nowMs + 32 * dayMs],
])('the believed length of a refusal is bounded: %s', (_, untilMs, receivedAtMs, believedMs) => {
  const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
  expect(believedAnswer({ ...answer, refusal, receivedAtMs }, nowMs).refusal?.untilMs).toBe(believedMs)
})

test.each([
  ['day', nowMs + 20 * 3_600_000, nowMs, nowMs + 20 * 3_600_000],
  ['day', nowMs + 9 * dayMs, nowMs, nowMs + 25 * 3_600_000 + 5 * minuteMs],
  ['rolling-60s', nowMs + dayMs, nowMs, nowMs + 6 * minuteMs],
  ['month', Date.UTC(9_999, 11, 31), Date.UTC(9_999, 11, 1), nowMs + 30 * dayMs],
] as const)('a limit per %s returns within its window', (window, resetsAtMs, receivedAtMs, believedMs) => {
  const fact: QuotaFact = {
    scope: 'provider',
    metric: 'requests',
    window,
    max: 10,
    remaining: 0,
    perModel: false,
    countsCached: true,
    timeZone: 'UTC',
    resetsAtMs,
  }
  const believed = believedAnswer({ ...answer, facts: [fact], receivedAtMs }, nowMs)
  expect(believed.facts).toEqual([{ ...fact, resetsAtMs: believedMs }])
})
