import { expect, test } from 'vitest'
import { clockIn } from '../terminal/instants.js'
import { coloured } from '../terminal/paint.js'
import { statusLines } from './status-lines.js'

const most = Number.MAX_SAFE_INTEGER

type Stats = Parameters<typeof statusLines>[0][number]
type Off = Partial<Pick<Stats, 'status' | 'disabledBy' | 'available' | 'availableAt'>>

const clock = clockIn('UTC', Date.UTC(2026, 10, 28, 12))

/** The line of a limit with this usage. */
function lineOf(used: number, max: number, off: Off = {}): string {
  return linesOf({ used, max, off }).find(line => line.includes('tokens/day')) ?? ''
}

/** The lines of a provider with this one limit; `max` null for no limits. */
function linesOf({
  used,
  max,
  requestCount = 0,
  off = {},
}: {
  readonly used: number
  readonly max: number | null
  readonly requestCount?: number
  readonly off?: Off
}): readonly string[] {
  const noCounts = {
    requestCount,
    characterCount: 0,
    inputTokenCount: 0,
    outputTokenCount: 0,
    cachedInputTokenCount: 0,
    costMicroUsd: 0,
    audioSecondCount: 0,
  }
  const limit = {
    id: 'tokens/day',
    subject: { kind: 'provider', name: 'a' },
    metric: 'tokens',
    window: 'day',
    model: null,
    user: null,
    max,
    grants: [] as { amount: number; until: string }[],
    used,
    held: 0,
    observed: 0,
    remaining: max === null ? null : max - used,
    resetsAt: '2026-11-29T00:00:00.000Z',
    mode: 'enforce',
    source: 'configured',
    vendor: null,
    exhaustsAt: null,
  } as const
  const stats = {
    providerName: 'a',
    date: '2026-11-28',
    ...noCounts,
    quotaLimit: max,
    remainingPercentage: null,
    status: 'available',
    disabledBy: null,
    available: true,
    availableAt: null,
    modelsLeftOut: 0,
    ...off,
  } as const
  return statusLines([{ ...stats, models: [], limits: max === null ? [] : [limit] }], {
    width: null,
    paint: coloured,
    clock,
    isForPeople: false,
  })
}

const [green, yellow, red] = [32, 33, 31].map(code => `\u001b[${code}m`)

test.each([
  [0, 10, green],
  [7, 10, green],
  [8, 10, yellow],
  [9, 10, red],
  [10, 10, red],
  [0, 0, red],
  // 90 % of it is 8106479329266891.9: one unit decides, which floating point would miss.
  [8_106_479_329_266_891, most, yellow],
  [8_106_479_329_266_892, most, red],
])('%i of %i has the colour of its status', (used, max, colour) => {
  const figures = lineOf(used, max).split('tokens/day')[1] ?? ''
  expect(figures).toContain(colour)
  expect([green, yellow, red].filter(other => figures.includes(other ?? ''))).toEqual([colour])
})

test.each([
  ['vendor', 'retried 20:09'],
  ['quota', 'back 20:09'],
] as const)('what is disabled by %s is %s', (disabledBy, when) => {
  const off: Off = { ...{ status: 'disabled', available: false }, availableAt: '2026-11-28T20:09:00.000Z' }
  expect(lineOf(1, 2, { ...off, disabledBy })).toContain(when)
})

test.each([
  [0, '0 requests'],
  [1, '1 request'],
  [1_200, '1,200 requests'],
])('without limits, what is used has its unit: %i', (requestCount, used) => {
  const [, line] = linesOf({ used: 0, max: null, requestCount })
  expect(line?.split(/ {2,}/)).toEqual(expect.arrayContaining(['no limits', used]))
})
