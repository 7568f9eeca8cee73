import { describe, expect, test } from 'vitest'
import { quotaHeaders, readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-30T12:00:00Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const epochOf = (instant: string) => String(Date.parse(instant) / 1_000)

function read(vendor: string, httpStatus: number, body: unknown, headers: Record<string, string> = {}) {
  return readSignals({ vendor, httpStatus, headers, body, receivedAtMs }).refusal
}

const waitOf = (message: string, rest: object = {}, vendor = 'custom') =>
  read(vendor, 429, { error: { message, ...rest } })?.retryAfterMs

describe('the windows of Anthropic’s subscriptions', () => {
  const body = {
    type: 'error',
    error: {
      type: 'rate_limit_error',
      message: 'This request would exceed your account’s rate limit. Please try again later.',
    },
  }
  const window = (name: string, state: string, reset: string) => ({
    [`anthropic-ratelimit-unified${name}-status`]: state,
    [`anthropic-ratelimit-unified${name}-reset`]: epochOf(reset),
  })
  const overall = window('', 'rejected', '2026-11-30T15:00:00Z')

  test('a rejected call waits for the stated reset, which nothing else states', () => {
    expect(read('anthropic', 429, body, overall)).toMatchObject({
      kind: 'unknown',
      retryAfterMs: 3 * hourMs,
      untilMs: receivedAtMs + 3 * hourMs,
      models: null,
      scope: 'pool',
    })
  })

  test('a spent window bars all models, and the last one to return counts', () => {
    const headers = {
      ...overall,
      ...window('-5h', 'rejected', '2026-11-30T12:03:00Z'),
      ...window('-7d', 'rejected', '2026-12-03T12:00:00Z'),
    }
    expect(read('anthropic', 429, body, headers)).toMatchObject({ retryAfterMs: 3 * dayMs, models: '*' })
  })

  test('a shorter pause and words of another limit do not shorten it', () => {
    const spent = window('-5h', 'rejected', '2026-11-30T15:00:00Z')
    const worded = { error: { message: 'Number of request tokens has exceeded your per-minute rate limit' } }
    for (const answer of [body, worded])
      expect(read('anthropic', 429, answer, { ...spent, 'retry-after': '30' })?.retryAfterMs).toBe(3 * hourMs)
    expect(read('anthropic', 429, body, { ...spent, 'retry-after': '13262' })?.retryAfterMs).toBe(13_262_000)
  })

  test('windows that are left, extra usage that nobody bought, and past resets state no wait', () => {
    const allowed = window('', 'allowed', '2026-11-30T15:00:00Z')
    const overage = window('-overage', 'rejected', '2026-12-01T00:00:00Z')
    const past = window('-5h', 'rejected', '2026-11-30T11:00:00Z')
    for (const headers of [allowed, overage, past])
      expect(read('anthropic', 429, body, { ...headers, 'retry-after': '12' })?.retryAfterMs).toBe(12_000)
    expect(read('anthropic', 200, { content: [], usage: {} }, overall)).toBeNull()
    expect(read('anthropic', 401, { error: { message: 'invalid x-api-key' } }, overall)).toMatchObject({
      kind: 'bad_credential',
      untilMs: null,
    })
  })

  test('their headers are passed on', () => {
    for (const name of Object.keys(window('-7d', '', '2026-12-01T00:00:00Z')))
      expect(quotaHeaders('anthropic').has(name)).toBe(true)
  })
})

test('ChatGPT’s windows are spent at 100 per cent', () => {
  const headers = {
    'x-codex-primary-used-percent': '100',
    'x-codex-primary-reset-after-seconds': '18000',
    'x-codex-secondary-used-percent': '94',
    'x-codex-secondary-reset-after-seconds': '486400',
  }
  expect(read('custom', 429, { detail: 'Too many requests' }, headers)).toMatchObject({
    retryAfterMs: 5 * hourMs,
    models: '*',
  })
})

describe('a reset without its limit', () => {
  test.each<readonly [string, Record<string, string>, number | null]>([
    ['custom', { 'x-ratelimit-reset': '120' }, 120_000],
    ['custom', { 'x-ratelimit-reset-requests': '45s' }, 45_000],
    ['custom', { 'ratelimit-reset': '25' }, 25_000],
    ['openrouter', { 'x-ratelimit-reset': String(receivedAtMs + 90_000) }, 90_000],
    // Which of them is refused, nobody says.
    ['groq', { 'x-ratelimit-reset-tokens': '7.5s', 'x-ratelimit-reset-requests': '1m26.4s' }, 7_500],
    // Azure’s, where they do not apply.
    [
      'azure',
      {
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-reset-tokens': '0',
      },
      null,
    ],
    ['custom', { 'x-ratelimit-reset': '0' }, null],
  ])('%s %j', (vendor, headers, expected) => {
    expect(read(vendor, 429, { error: 'Slow down' }, headers)?.retryAfterMs).toBe(expected)
    // A stated wait comes first.
    expect(read(vendor, 429, { error: 'Slow down' }, { ...headers, 'retry-after': '9' })?.retryAfterMs).toBe(
      9_000,
    )
  })
})

describe('a window that is none of the periods', () => {
  test.each([
    'you (acct) have reached your weekly usage limit, upgrade for higher limits: https://ollama.com/upgrade',
    'Sorry, you’ve exceeded your weekly rate limit. Please review our Terms of Service.',
    'week allocated quota exceeded',
    'Rate limit of 100 requests per week exceeded',
    '7-day limit reached',
    '您已达到每周的使用上限',
  ])('a week without a stated return has no known end: %s', message => {
    expect(read('custom', 429, { error: message })).toMatchObject({ kind: 'unknown', untilMs: null })
    expect(waitOf(`${message}. Try again in 5 days.`)).toBe(5 * dayMs)
    expect(waitOf(`${message}. Try again in 20 days.`)).toBe(7 * dayMs)
  })

  test.each<readonly [string, number]>([
    ['You have exceeded the 5-hour usage quota.', 600_000],
    ['Subscription usage cap exceeded: 4h window.', 600_000],
    ['Usage limit reached for 5 hour.', 600_000],
    ['Free quota used (30 requests / 5h).', 600_000],
    ['已达到 5\n小时的使用上限。', 600_000],
    ['Rate limit: 100 requests per 5 minutes', 60_000],
    ['Rate limit reached on requests per 10 seconds', 10_000],
  ])('others wait like the longest period within them: %j', (message, expectedMs) =>
    expect(read('custom', 429, { error: message })).toMatchObject({
      kind: 'unknown',
      retryAfterMs: null,
      untilMs: receivedAtMs + expectedMs,
    }),
  )

  test('bounds a longer wait', () => {
    expect(waitOf('5-hour limit reached. Try again in 9 hours.')).toBe(5 * hourMs)
    expect(waitOf('You have reached your weekly/monthly limit. Try again in 20 days.')).toBe(20 * dayMs)
  })

  test.each<readonly [string, string]>([
    ['您已达到总请求数限制：1分钟内最多请求60次', 'minute'],
    ['每分钟请求数超限', 'minute'],
    ['今日额度已达上限', 'day'],
    ['hour allocated quota exceeded', 'hour'],
    ['month allocated quota exceeded', 'month'],
  ])('%s names a period', (message, kind) => expect(read('custom', 429, { error: message })?.kind).toBe(kind))

  test('numbers in an address are none', () => {
    for (const message of ['See https://x.test/5d41402abc', 'See https://x.test/12d-4f'])
      expect(waitOf(message)).toBeNull()
  })
})

describe('a limit of 0 lasts for the day, since the plan does not include the model', () => {
  const midnight = Date.parse('2026-12-01T00:00:00Z')
  const body = { message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' }
  const none = { 'x-ratelimit-limit-req-minute': '0' }

  test('in headers', () => {
    const left = {
      'x-ratelimit-limit-tokens-minute': '50000',
      'x-ratelimit-remaining-tokens-minute': '50000',
    }
    for (const headers of [none, { ...none, ...left, 'x-ratelimit-remaining-req-minute': '0' }])
      expect(read('mistral', 429, body, headers)).toMatchObject({
        kind: 'day',
        models: null,
        untilMs: midnight,
      })
    // Of a day that refills, nobody knows the end.
    const perMinute = 'Rate limit exceeded for images per minute. Limit: 0/1min. Current: 1/1min.'
    expect(read('openai', 429, { error: { message: perMinute } })).toMatchObject({
      kind: 'day',
      untilMs: null,
    })
  })

  test('not if a wait is stated, or in an answer', () => {
    expect(read('mistral', 429, body, { ...none, 'retry-after': '7' })?.retryAfterMs).toBe(7_000)
    const unlimited = { 'x-ratelimit-limit-requests': '0', 'x-ratelimit-reset-requests': '60' }
    expect(read('custom', 429, { error: 'x' }, unlimited)?.kind).toBe('unknown')
    expect(read('mistral', 200, { choices: [] }, none)).toBeNull()
  })
})

describe('an instant without a zone', () => {
  test.each<readonly [string, object, string]>([
    [
      'Usage limit reached for 5 hour. Your limit will reset at 2026-11-30 23:30:00',
      { code: '1308' },
      '2026-11-30T15:30:00Z',
    ],
    [
      '[1310][Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-12-04 10:03:40][2026072806]',
      { type: 'rate_limit_error', code: '1310' },
      '2026-12-04T02:03:40Z',
    ],
    ['您的限额将在 2026-11-30 21:41:44 重置。', {}, '2026-11-30T13:41:44Z'],
    ['Your limit will reset at 2026-11-30 21:41:44', {}, '2026-11-30T21:41:44Z'],
    [
      'You have exceeded the monthly usage quota. It will reset at 2026-12-03 23:59:59 +0800 CST.',
      { code: 'AccountQuotaExceeded' },
      '2026-12-03T15:59:59Z',
    ],
  ])('%s %j', (message, rest, expected) =>
    expect(read('custom', 429, { error: { message, ...rest } })?.untilMs).toBe(Date.parse(expected)),
  )
})

describe('a return in other words', () => {
  test.each<readonly [string, number]>([
    ['This operation has reached the limit for your account. Please try after 2026-11-30T17:00:00Z.', 5],
    ['Too many calls. Please try after 5 hours.', 5],
    ['You have reached your 5-hour message limit. Limit resets in 3 hours.', 3],
    ['请求过于频繁，请在 5 小时后重试', 5],
    ['请求频率超限，4个小时 60 分钟之后再试', 5],
    [`Claude AI usage limit reached|${epochOf('2026-11-30T17:00:00Z')}`, 5],
    ['Out of call volume quota. Quota will be replenished in 22.14:00:00.', 22 * 24 + 14],
  ])('%s', (message, hours) => expect(waitOf(message)).toBe(hours * hourMs))

  test('Google’s older services describe the limit in words', () => {
    const violations = [{ subject: 'project:1', description: 'Quota exceeded for Queries per day' }]
    const error = { code: 429, message: 'Quota exceeded', details: [{ violations }] }
    expect(read('gemini', 429, { error })).toMatchObject({
      kind: 'day',
      untilMs: Date.parse('2026-12-01T08:00:00Z'),
    })
  })
})
