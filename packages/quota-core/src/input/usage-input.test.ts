import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { parse } from './parse.js'
import { historySchema, ledgerSchema, recordSchema, resetSchema, summarySchema } from './usage-input.js'

test('the days of a ledger are both given or neither, in order', () => {
  const days = { from: '2026-11-25', to: '2026-11-26' }
  expect(parse(ledgerSchema, days)).toMatchObject({ days })
  expect('days' in parse(ledgerSchema, {})).toBe(false)
  expect(refusal(ledgerSchema, { from: days.from }).field).toBe('to')
  expect(refusal(ledgerSchema, { to: days.to }).field).toBe('from')
  expect(refusal(ledgerSchema, { from: days.to, to: days.from }).field).toBe('to')
})

describe('instants and days', () => {
  test.each([
    ['2026-08-01T00:00:00+09:00', '2026-07-31T15:00:00.000Z'],
    ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
    ['2026-11-25T12:00:00.5Z', '2026-11-25T12:00:00.500Z'],
  ])('%s is %s, offset and all', (text, instant) => {
    const { occurredAtMs } = parse(recordSchema, { providerName: 'a', occurredAt: text })
    expect(new Date(occurredAtMs ?? 0).toISOString()).toBe(instant)
  })

  test.each([
    '2026-11-25',
    '2026-11-25T12:00:00',
    '2026-02-30T00:00:00Z',
    '1790985600',
    'now',
    '',
    1_790_985_600_000,
  ])('%j is not an instant', occurredAt =>
    expect(refusal(recordSchema, { providerName: 'a', occurredAt }).field).toBe('occurredAt'),
  )

  test.each(['2026-02-29', '2026-11-31', '25-11-2026', '2026-11-25T00:00:00Z', '', 20261125])(
    '%j is not a day',
    from => {
      expect(refusal(historySchema, { from, to: '2026-12-31' }).field).toBe('from')
    },
  )

  it('a range must not end before it starts', () => {
    expect(refusal(historySchema, { from: '2026-11-26', to: '2026-11-25' }).field).toBe('to')
    expect(refusal(summarySchema, { from: '2026-11-26', to: '2026-11-25', groupBy: [] }).field).toBe('to')
  })

  it('pages hold 1 to 10,000 rows', () => {
    for (const pageSize of [0, 10_001, 1.5])
      expect(refusal(ledgerSchema, { pageSize }).field).toBe('pageSize')
    expect(parse(ledgerSchema, {})).toMatchObject({ pageSize: 100, cursor: null })
    expect(refusal(ledgerSchema, { state: 'reserved' })).toMatchObject({ field: 'state' })
  })
})

describe('a reset', () => {
  test.each([[{}], [{ all: false }], [{ providerName: 'a', all: true }], [null], ['all']])(
    'of %j is refused',
    input => {
      expect(refusal(resetSchema, input).message).toMatch(/providerName.*all: true/)
    },
  )

  it('is of one provider or of all', () => {
    expect(parse(resetSchema, { all: true })).toEqual({ all: true })
    expect(parse(resetSchema, { providerName: 'a' })).toEqual({ providerName: 'a' })
  })
})
