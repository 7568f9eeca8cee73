import { readFileSync } from 'node:fs'
import { isThorough } from '@quotakeeper/test-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  errorStatusOf,
  isUnknownModelError,
  readSignals,
  readUsage,
  type VendorSignals,
  vendorNames,
} from '../src/index.js'

const longestWaitMs = 366 * 86_400_000

interface Recorded {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}
const recorded: readonly Recorded[] = ['headers', 'refusals'].flatMap(file =>
  JSON.parse(readFileSync(new URL(`fixtures/${file}.json`, import.meta.url), 'utf8')),
)
const headerNames = [...new Set(recorded.flatMap(({ headers }) => Object.keys(headers)))]
const headerTexts = [...new Set(recorded.flatMap(({ headers }) => Object.values(headers)))]
const absurd = [
  '-1',
  '',
  ' ',
  'NaN',
  '1e308',
  '9007199254740993',
  '0',
  '99999999999999',
  '5x',
  '1.7976931348623157e308',
]

const headers = fc.dictionary(
  fc.constantFrom(...headerNames, 'date', 'retry-after-ms'),
  fc.oneof(
    fc.constantFrom(...headerTexts, ...absurd),
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
  ),
)
const bodies = recorded.flatMap(({ body }) => (body === undefined ? [] : [body]))
/** Fields in which vendors state waits, with arbitrary values, at all places in an error. */
const waitFields = fc
  .dictionary(
    fc.constantFrom(
      'resets_in_seconds',
      'resets_at',
      'retry_after_ms',
      'retryAfter',
      'blocked_until',
      'message',
    ),
    fc.oneof(fc.anything(), fc.constantFrom(...absurd), fc.double(), fc.integer(), fc.date().map(String)),
  )
  .chain(error =>
    fc.constantFrom({ error }, { error: { message: JSON.stringify({ error }) } }, { detail: error }, [
      { error },
    ]),
  )
/** A recorded body with numbers and texts randomly replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...bodies),
    fc.infiniteStream(fc.oneof(fc.anything(), fc.constantFrom(...absurd), fc.double())),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([body, replacements, choices]) =>
    JSON.parse(JSON.stringify(body), (_key, value) =>
      typeof value === 'object' || choices.next().value === true ? value : replacements.next().value,
    ),
  )

function expectSound({ limits, refusal, retryAfterMs }: VendorSignals, receivedAtMs: number): void {
  const isCount = (value: number | null) => value === null || (Number.isSafeInteger(value) && value >= 0)
  const isWait = (value: number | null) => isCount(value) && (value ?? 0) <= longestWaitMs
  expect(isWait(retryAfterMs)).toBe(true)
  for (const limit of limits)
    expect(isCount(limit.limit) && isCount(limit.remaining) && isWait(limit.resetMs)).toBe(true)
  if (refusal === null) return
  expect(isWait(refusal.retryAfterMs)).toBe(true)
  expect([refusal.limit, refusal.used, refusal.requested].every(isCount)).toBe(true)
  expect(isWait(refusal.untilMs === null ? null : refusal.untilMs - receivedAtMs)).toBe(true)
}

test('no answer of any vendor makes reading throw or return an invalid number', () => {
  const status = fc.oneof(
    fc.constantFrom(200, 400, 401, 402, 403, 404, 413, 429, 498, 500, 503),
    fc.integer(),
  )
  const body = fc.oneof(
    fc.anything(),
    mutated,
    waitFields,
    mutated.map(value => JSON.stringify(value)),
  )
  const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) })
  fc.assert(
    fc.property(
      fc.constantFrom(...vendorNames, 'other'),
      status,
      headers,
      body,
      instant,
      (vendor, httpStatus, given, answer, receivedAtMs) => {
        const signals = readSignals({ vendor, httpStatus, headers: given, body: answer, receivedAtMs })
        expectSound(signals, receivedAtMs)
        expect(isUnknownModelError(httpStatus, answer)).toBeTypeOf('boolean')
        expect(errorStatusOf(answer) ?? 400).toBeGreaterThanOrEqual(400)
        expect(readUsage(answer, vendor).problems.length).toBeLessThan(20)
      },
    ),
    { numRuns: isThorough ? 4_000 : 1_000 },
  )
})

test('a server error is never a refusal unless it states that money is spent', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 500, max: 599 }),
      fc.constantFrom(...vendorNames),
      mutated,
      (httpStatus, vendor, body) => {
        const { refusal } = readSignals({ vendor, httpStatus, headers: {}, body, receivedAtMs: 0 })
        const speaksOfMoney = /balance|credit|spend/i.test(JSON.stringify(body))
        if (speaksOfMoney) expect(refusal?.kind ?? 'billing').toBe('billing')
        else expect(refusal).toBeNull()
      },
    ),
  )
})
