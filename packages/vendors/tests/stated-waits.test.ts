import { describe, expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

const receivedAtMs = Date.parse('2026-11-28T20:00:00Z')
const dayMs = 86_400_000

function waitMs(vendor: string, httpStatus: number, body: unknown, headers: Record<string, string> = {}) {
  const { refusal } = readSignals({ vendor, httpStatus, headers, body, receivedAtMs })
  expect(refusal?.untilMs).toBe(
    refusal?.retryAfterMs == null ? refusal?.untilMs : receivedAtMs + refusal.retryAfterMs,
  )
  return refusal?.retryAfterMs
}

const inSeconds = (seconds: number) => receivedAtMs / 1_000 + seconds

describe('fields of an error', () => {
  test.each<readonly [string, object]>([
    [
      'resets_in_seconds',
      {
        type: 'usage_limit_reached',
        plan_type: 'plus',
        resets_at: inSeconds(9_700),
        resets_in_seconds: 9_720,
      },
    ],
    ['resets_at in seconds', { type: 'usage_limit_reached', resets_at: inSeconds(9_720) }],
    ['resets_at in milliseconds', { type: 'usage_limit_reached', resets_at: inSeconds(9_720) * 1_000 }],
    ['resets_at as ISO', { resets_at: '2026-11-28T22:42:00Z' }],
    ['resetsAt', { resetsAt: '2026-11-28T22:42:00.000+00:00' }],
    ['resetsInSeconds, a text', { resetsInSeconds: '9720' }],
    ['reset_after', { reset_after: '2h42m' }],
    ['retry_after', { retry_after: 9_720 }],
    ['retry_after_ms', { retry_after_ms: 9_720_000 }],
    ['retryAfterMs', { metadata: { retryAfterMs: 9_720_000 } }],
    ['retry_delay', { retry_delay: '9720s' }],
    ['wait_seconds', { wait_seconds: 9_720 }],
    ['quota_reset_at', { data: { quota_reset_at: inSeconds(9_720) } }],
    ['reset in words', { resets_in: '2 hours and 42 minutes' }],
    ['written like a clock', { retry_after: '02:42:00' }],
    ['written like a clock, in seconds by its name', { retry_after_seconds: '02:42:00' }],
    ['of ISO 8601', { retry_after: 'PT2H42M' }],
    ['reset_at without a zone', { reset_at: '2026-11-28T22:42:00' }],
    ['reset_at as a time of day', { reset_at: '22:42:00' }],
    ['try_again_at', { try_again_at: '2026-11-28T22:42:00Z' }],
    ['reset_in_days', { reset_in_days: 0.1125 }],
    ['Google’s Duration as its libraries print it', { retryDelay: { seconds: '9719', nanos: 999_999_999 } }],
  ])('%s', (_name, fields) => {
    const error = { message: 'The usage limit has been reached', ...fields }
    expect(waitMs('custom', 429, { error })).toBe(9_720_000)
    expect(waitMs('custom', 429, { type: 'error', ...error })).toBe(9_720_000)
    expect(waitMs('custom', 429, { detail: error })).toBe(9_720_000)
    expect(waitMs('custom', 429, { error: { message: JSON.stringify({ error }) } })).toBe(9_720_000)
    expect(waitMs('custom', 429, { error: { message: `429 ${JSON.stringify({ error })}` } })).toBe(9_720_000)
    expect(waitMs('custom', 429, { error: JSON.stringify({ error }) })).toBe(9_720_000)
    const quoted = {
      message: 'Provider returned error',
      code: 429,
      metadata: { raw: JSON.stringify({ error }) },
    }
    expect(waitMs('openrouter', 429, { error: quoted })).toBe(9_720_000)
  })

  test('in a text, as printed by another language or truncated', () => {
    const text = "Error code: 429 - {'error': {'type': 'usage_limit_reached', 'resets_in_seconds': 9720}}"
    expect(waitMs('custom', 429, { error: { message: text } })).toBe(9_720_000)
    expect(waitMs('custom', 429, '{"error":{"message":"Rate limit","retry_after": 9720, "x":"')).toBe(
      9_720_000,
    )
    expect(waitMs('custom', 429, '{"error":{"message":"Rate limit. Try again in ~162 min.')).toBe(9_720_000)
  })

  test.each<readonly [string, object]>([
    ['a count', { resets: { count: 5 } }],
    ['a flag', { retry: true, reset: null }],
    ['a negative one', { resets_in_seconds: -5 }],
    ['an absurd one', { resets_in_seconds: 1e300 }],
    ['a text that is none', { retry_after: 'soon' }],
    ['beyond a leap year', { resets_at: '2029-01-01T00:00:00Z' }],
    ['other fields', { max_retries: 3, remaining: 0, limit: 50, preset_at: 9_720 }],
  ])('%s states no wait', (_name, fields) => {
    expect(waitMs('custom', 429, { error: { message: 'Slow down', ...fields } })).toBeNull()
  })
})

describe('a number of milliseconds beyond 10^9', () => {
  const weeksMs = 21 * dayMs
  test.each<readonly [string, object]>([
    ['resets_in_ms', { resets_in_ms: weeksMs }],
    ['retryAfterMs', { retryAfterMs: String(weeksMs) }],
    ['wait_millis', { wait_millis: weeksMs }],
    ['milliseconds_until_reset', { milliseconds_until_reset: weeksMs }],
    ['an epoch in spite of its name', { resets_in_ms: receivedAtMs + weeksMs }],
    ['seconds in spite of its name', { resets_at_ms: (receivedAtMs + weeksMs) / 1_000 }],
  ])('%s', (_name, fields) => {
    expect(waitMs('custom', 429, { error: { message: 'limit', ...fields } })).toBe(weeksMs)
  })

  test('in a text', () => {
    expect(waitMs('custom', 429, { error: { message: `limit, resets_in_ms: ${weeksMs}` } })).toBe(weeksMs)
  })
})

describe('a duration written like a clock', () => {
  test.each([{}, { 'retry-after': '19800' }])('is not a time of day, with %j', headers => {
    for (const message of ['Daily limit reached. Try again in 05:30:00', 'Daily limit. Resets in 5:30:00'])
      expect(waitMs('custom', 429, { error: { message } }, headers)).toBe(19_800_000)
    const spent = { error: { message: 'Insufficient credits. Resets in 05:30:00' } }
    expect(waitMs('custom', 402, spent, headers)).toBe(19_800_000)
  })

  test('does not end a day that has a calendar', () => {
    const midnightMs = Date.parse('2026-11-29T08:00:00Z') - receivedAtMs
    const error = { message: 'Requests per day exceeded. Try again in 05:30:00' }
    expect(waitMs('gemini', 429, { error })).toBe(midnightMs)
  })
})

describe('Retry-After', () => {
  test.each([
    '9720',
    '9720.0',
    '2h42m',
    '2 hours 42 minutes',
    'Sat, 28 Nov 2026 22:42:00 GMT',
    'Saturday, 28-Nov-26 22:42:00 GMT',
    'Sat Nov 28 22:42:00 2026',
    '2026-11-28T22:42:00Z',
  ])('%s', text =>
    expect(waitMs('custom', 429, { error: 'Slow down' }, { 'retry-after': text })).toBe(9_720_000),
  )

  test('as an epoch, in seconds or milliseconds', () => {
    for (const scale of [1, 1_000]) {
      const headers = { 'retry-after': String(inSeconds(9_720) * scale) }
      expect(waitMs('custom', 429, { error: 'Slow down' }, headers)).toBe(9_720_000)
    }
  })
})

describe('words of an error', () => {
  test.each([
    ['You have hit your ChatGPT usage limit (plus plan). Try again in ~162 min.', 9_720_000],
    ['You’ve hit your usage limit. Try again in 2 hours and 15 minutes.', 8_100_000],
    ['You’ve hit your usage limit, or try again in 2 days 17 hours 14 minutes.', 234_840_000],
    ['Your limit will reset at 2026-11-30 20:00:00', 2 * dayMs],
    ['try again at Nov 29th, 2026 8:00 PM.', dayMs],
    ['[429] Rate limit reached. Please try again in 20m', 1_200_000],
    ['Daily limit [50] reached, please try again in 3 hours', 3 * 3_600_000],
    ['Limit {} reached, please try again in 3 hours', 3 * 3_600_000],
    ['Limit ["rpm"] reached, please try again in 30 seconds', 30_000],
    ['Upstream: {"type":"x"}. Please try again in 30 seconds', 30_000],
  ])('%s', (message, expected) => {
    expect(waitMs('custom', 429, { error: { message } })).toBe(expected)
    expect(waitMs('custom', 429, { error: message })).toBe(expected)
    expect(waitMs('custom', 429, { error: { message: JSON.stringify({ error: { message } }) } })).toBe(
      expected,
    )
  })
})

describe('Google’s details', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '33.5s' }]
  const google = { error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED', details } }

  test('are read from JSON within a message', () => {
    expect(waitMs('gemini', 429, google)).toBe(33_500)
    expect(waitMs('custom', 429, { error: { message: JSON.stringify(google), code: 429 } })).toBe(33_500)
    const quoted = { message: 'Provider returned error', metadata: { raw: JSON.stringify([google]) } }
    expect(waitMs('openrouter', 429, { error: quoted })).toBe(33_500)
  })

  test('may state the reset of a day rather than a pause', () => {
    const violations = [{ quotaId: 'GenerateRequestsPerDayPerProject', quotaValue: '50' }]
    const metadata = { quotaResetDelay: '7200s' }
    const error = { ...google.error, details: [...details, { violations }, { metadata }] }
    expect(waitMs('gemini', 429, { error })).toBe(7_200_000)
  })
})

describe('a wait longer than the limit’s window is bounded by it', () => {
  const threeDays = { 'retry-after': '259200' }
  test.each<readonly [string, string, number]>([
    ['a minute', 'Rate limit: 10 requests per minute', 60_000],
    ['an hour', 'Hourly limit reached', 3_600_000],
    ['a day', 'Rate limit reached on requests per day (RPD)', dayMs],
    ['a month', 'Monthly limit reached', 3 * dayMs],
    ['no stated window', 'Slow down', 3 * dayMs],
  ])('of %s', (_what, message, expected) => {
    expect(waitMs('custom', 429, { error: { message } }, threeDays)).toBe(expected)
    expect(waitMs('custom', 429, { error: { message, resets_in_seconds: 259_200 } })).toBe(expected)
    expect(waitMs('custom', 429, { error: { message: `${message}. Try again in 3 days.` } })).toBe(expected)
    const { retryAfterMs } = readSignals({
      vendor: 'custom',
      httpStatus: 429,
      headers: threeDays,
      body: { error: { message } },
      receivedAtMs,
    })
    expect(retryAfterMs).toBe(expected)
  })

  test.each<readonly [string, string]>([
    ['azure', 'Requests have exceeded call rate limit of your current OpenAI S0 pricing tier.'],
    ['azure', 'Requests have exceeded token rate limit of your current OpenAI S0 pricing tier.'],
    ['mistral', 'Requests rate limit exceeded'],
  ])('unless nobody stated the window: %s, %s', (vendor, message) => {
    const day = { 'retry-after': '86400' }
    expect(waitMs(vendor, 429, { error: { message } }, day)).toBe(dayMs)
    expect(waitMs(vendor, 429, { error: { message: `${message} Please retry after 86400 seconds.` } })).toBe(
      dayMs,
    )
    const { retryAfterMs, refusal } = readSignals({
      vendor,
      httpStatus: 429,
      headers: day,
      body: { error: { message } },
      receivedAtMs,
    })
    expect(retryAfterMs).toBe(dayMs)
    expect(refusal).toMatchObject({ kind: 'unknown', window: null, untilMs: receivedAtMs + dayMs })
    // Slightly longer than the window, it is that window’s.
    expect(waitMs(vendor, 429, { error: { message } }, { 'retry-after': '62' })).toBe(60_000)
    expect(waitMs(vendor, 429, { error: { message: `${message}: 60 per minute` } }, day)).toBe(60_000)
  })

  test('unless the limit without remaining units is a shorter one', () => {
    const headers = { 'retry-after': '86400', 'x-ratelimit-remaining-tokens': '0' }
    for (const vendor of ['azure', 'mistral', 'openai'])
      expect(waitMs(vendor, 429, { error: { message: 'Too many requests' } }, headers)).toBe(dayMs)
  })

  test('in headers of a limit', () => {
    const headers = {
      'x-ratelimit-limit-requests-minute': '30',
      'x-ratelimit-remaining-requests-minute': '0',
      'x-ratelimit-reset-requests-minute': '259200',
    }
    expect(waitMs('custom', 429, null, headers)).toBe(60_000)
    const { limits } = readSignals({ vendor: 'custom', httpStatus: 200, headers, receivedAtMs })
    expect(limits).toMatchObject([{ window: 'minute', resetMs: 60_000 }])
    const policy = { 'ratelimit-policy': '"default";q=30;w=60', ratelimit: '"default";r=0;t=259200' }
    expect(
      readSignals({ vendor: 'custom', httpStatus: 200, headers: policy, receivedAtMs }).limits,
    ).toMatchObject([{ window: 'minute', resetMs: 60_000 }])
  })

  test('an instant days away is not the end of a day', () => {
    const headers = {
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2026-12-02T00:00:00Z')),
    }
    const { limits } = readSignals({ vendor: 'openrouter', httpStatus: 200, headers, receivedAtMs })
    expect(limits).toMatchObject([{ window: null }])
  })
})

describe('a calendar day', () => {
  const headers = { 'x-ratelimit-limit-requests-day': '100', 'x-ratelimit-remaining-requests-day': '0' }

  test('returns when its headers state, before or after midnight', () => {
    for (const seconds of [5_000, 50_000])
      expect(
        waitMs('custom', 429, null, { ...headers, 'x-ratelimit-reset-requests-day': String(seconds) }),
      ).toBe(seconds * 1_000)
  })

  test('returns when its body states, whatever pause is requested', () => {
    const message = 'Daily limit reached. It resets on 2026-11-29 at 03:00 UTC.'
    for (const vendor of ['custom', 'gemini', 'cerebras', 'huggingface'])
      expect(waitMs(vendor, 429, { error: { message } }, { 'retry-after': '20' })).toBe(7 * 3_600_000)
  })
})
