import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

/** One recorded answer and the expected facts; null if none. Instants are ISO-8601. */
interface RecordedAnswer {
  readonly guarantee: string
  readonly vendor: string
  readonly httpStatus: number
  readonly receivedAt: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly expected: {
    readonly limits: readonly object[]
    readonly refusal: (Readonly<Record<string, unknown>> & { readonly untilAt: string | null }) | null
    readonly retryAfterMs: number | null
  }
}

const recorded = (file: string): readonly RecordedAnswer[] =>
  JSON.parse(readFileSync(new URL(`fixtures/${file}.json`, import.meta.url), 'utf8'))

describe.each(['headers', 'refusals'])('%s', file => {
  test.each(recorded(file).map(answer => [answer.vendor, answer.guarantee, answer] as const))(
    '%s: %s',
    (_vendor, _guarantee, { receivedAt, expected, ...response }) => {
      const signals = readSignals({ ...response, receivedAtMs: Date.parse(receivedAt) })
      const { limits, refusal, retryAfterMs } = signals
      const untilMs = refusal?.untilMs ?? null
      const untilAt = untilMs === null ? null : new Date(untilMs).toISOString()
      expect({
        limits,
        refusal: refusal === null ? null : { ...refusal, untilAt },
        retryAfterMs,
      }).toMatchObject(expected)
    },
  )
})
