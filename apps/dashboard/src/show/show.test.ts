import { expect, test } from 'vitest'
import { loadLanguage } from '../texts/language.js'
import { namedBy } from './address.js'
import { changeText } from './changes.js'
import { callLanguages, firstCallText } from './first-call.js'
import { dayAndHour } from './instants.js'
import { draftOf, draftProblem, emptyDraft, limitOf } from './limit-draft.js'
import { daysBetween } from './usage.js'

const english = await loadLanguage('en')
const chinese = await loadLanguage('zh-Hans')
const { amountOf, clockTime, dollars, lengthOf, percent, shortAmountOf, since, until } = english

test.each([
  [0, '0 %'],
  [0.004, '< 1 %'],
  [0.9305, '93 %'],
  [0.999, '99 %'],
  [1, '100 %'],
])('%d is %s, rounded so that 0 % and 100 % are exact', (fraction, text) => {
  expect(percent(fraction)).toBe(text)
})

test('amounts are grouped, money has cents, and below a dollar all digits', () => {
  expect(amountOf('requests', 14_400)).toBe('14,400')
  expect(amountOf('requests', null)).toBe('∞')
  expect([17_265_200, 81_000, 3, 0].map(dollars)).toEqual(['$17.27', '$0.081', '$0.000003', '$0.00'])
  expect(shortAmountOf('tokens', 999_110_800)).toBe('999.1M')
  expect(shortAmountOf('tokens', 250_000)).toBe('250,000')
})

test.each([
  [0, '0 s'],
  [999, '1 s'],
  [59_999, '60 s'],
  [60_000, '1 min'],
  [3_599_000, '1 h'],
  [7_800_000, '2 h 10 min'],
  [86_400_000, '1 d'],
  [97_200_000, '1 d 3 h'],
])('%d ms are %s', (ms, text) => {
  expect(lengthOf(ms)).toBe(text)
})

test('instants are formatted relative to today', () => {
  const now = new Date(2026, 10, 25, 14, 0)
  const at = (...parts: [number, number, number, number]) =>
    new Date(2026, parts[0], parts[1], parts[2], parts[3]).toISOString()
  const nowMs = now.getTime()
  expect(clockTime(at(10, 25, 16, 40), nowMs)).toBe('16:40')
  expect(clockTime(at(10, 26, 0, 0), nowMs)).toBe('tomorrow 00:00')
  expect(clockTime(at(10, 24, 23, 59), nowMs)).toBe('yesterday 23:59')
  expect(clockTime(at(10, 28, 0, 0), nowMs)).toBe('Sat 28 Nov 00:00')
  expect(until(at(10, 25, 16, 10), nowMs)).toBe('in 2 h 10 min')
  expect(until(at(10, 25, 13, 0), nowMs)).toBe('now')
  expect(since(at(10, 25, 13, 55), nowMs)).toBe('5 min ago')
})

test('figures and instants are written as Chinese writes them', () => {
  const nowMs = new Date(2026, 10, 25, 14, 0).getTime()
  const at = (day: number, hour: number, minute: number) =>
    new Date(2026, 10, day, hour, minute).toISOString()
  expect(chinese.percent(0.9305)).toBe('93%')
  expect(chinese.shortAmountOf('tokens', 999_110_800)).toBe('10亿')
  expect(chinese.amountOf('requests', 14_400)).toBe('14,400')
  expect(chinese.lengthOf(7_800_000)).toBe('2 小时 10 分钟')
  expect(chinese.clockTime(at(26, 0, 0), nowMs)).toBe('明天 00:00')
  expect(chinese.clockTime(at(28, 0, 0), nowMs)).toBe('11月28日周六 00:00')
  expect(chinese.until(at(25, 16, 10), nowMs)).toBe('2 小时 10 分钟后')
  expect(chinese.since(at(25, 13, 55), nowMs)).toBe('5 分钟前')
})

test('days are listed one by one, across the end of a month', () => {
  expect(daysBetween('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
})

test('changes are described with who made them', () => {
  const reported = (actor: string, action: string, details: Record<string, unknown> = {}) =>
    changeText(english, { actor, action, details })
  expect(reported('admin', 'providers.setEnabled', { enabled: false })).toBe('an admin disabled it')
  expect(reported('vendor', 'limits.learn', { limits: [{ id: 'requests/day', max: 20 }] })).toBe(
    'limits learned from the vendor: requests/day 20',
  )
  const grant = { limitId: 'requests/day', amount: 20, until: '2026-11-29T18:00:00.000Z' }
  expect(reported('admin', 'quota.grant', grant)).toBe(
    'an admin granted 20 more of requests/day until 2026-11-29T18:00:00.000Z',
  )
  expect(reported('file', 'providers.upsert', { managedBy: 'file', limits: [], pool: null })).toBe(
    'the configuration file changed limits',
  )
})

test('an edited limit becomes input, keeps fields that are not shown, and reports errors', () => {
  const cost = { ...emptyDraft, metric: 'cost', window: 'month', max: '2.50' } as const
  expect(limitOf(cost)).toEqual({ metric: 'cost', window: 'month', max: 2_500_000, mode: 'enforce' })
  expect(limitOf({ ...emptyDraft, max: '' })).toMatchObject({ max: null })
  const inFlight = { ...emptyDraft, metric: 'concurrency', max: '3' } as const
  expect(limitOf(inFlight)).toEqual({ metric: 'concurrency', max: 3, mode: 'enforce' })
  expect(draftProblem(english.t, { ...emptyDraft, max: '1.5' }, 0)).toContain(
    'Limit 1: "at most" must be a whole number',
  )
  expect(draftProblem(english.t, { ...emptyDraft, max: '1', perModel: true }, 1)).toContain(
    'Limit 2: enter the models',
  )
  const named = {
    id: 'my own',
    metric: 'tokens',
    window: 'rolling-60s',
    max: 9,
    model: 'llama-*',
    per: 'model',
    mode: 'shadow',
    countsCached: false,
  } as const
  expect(limitOf(draftOf(named))).toEqual(named)
})

test.each(['req_1', '50%', '100%25', 'a/b?c#d', 'Schlüssel 1', '%2F'])(
  'a path with "%s" is decoded unchanged',
  name => {
    expect(namedBy(`/requests/${encodeURIComponent(name)}`)).toBe(name)
  },
)

test('a path with invalid encoding is unchanged', () => {
  expect(namedBy('/requests/%zz')).toBe('%zz')
  expect(namedBy('/requests')).toBe('')
})

test.each([true, false])(
  'a first call never holds a token, and quotes any model name (needs one: %s)',
  needsToken => {
    const call = { url: 'http://127.0.0.1:4100', model: 'it\'s "odd"', needsToken }
    for (const language of callLanguages) {
      const text = firstCallText(language, call)
      expect(text).toContain('http://127.0.0.1:4100/v1')
      expect(text.includes('QUOTA_GATEWAY_TOKEN')).toBe(needsToken)
    }
    const [, body = ''] = /-d '(.*)'$/.exec(firstCallText('curl', call)) ?? []
    expect(JSON.parse(body.replaceAll(String.raw`'\''`, "'")).model).toBe(call.model)
  },
)

test('an hour among several days has its day', () => {
  expect(dayAndHour(new Date(2026, 10, 25, 16).toISOString())).toBe('11-25 16:00')
})
