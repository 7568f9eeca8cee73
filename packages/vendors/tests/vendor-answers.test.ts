import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSignals } from '../src/index.js'

/** One recorded answer, and what is right to read from it. Instants are ISO-8601. */
interface RecordedAnswer {
  readonly guarantee: string
  readonly vendor: string
  readonly httpStatus: number
  readonly receivedAt: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly expected: {
    readonly limits?: readonly object[]
    readonly refusal?: (Readonly<Record<string, unknown>> & { readonly untilAt?: string }) | null
    readonly retryAfterMs?: number | null
  }
}

const recorded = (file: string): readonly RecordedAnswer[] =>
  JSON.parse(readFileSync(new URL(`fixtures/${file}.json`, import.meta.url), 'utf8'))

describe.each(['headers', 'refusals'])('%s', file => {
  test.each(recorded(file).map(answer => [answer.vendor, answer.guarantee, answer] as const))(
    '%s: %s',
    (_vendor, _guarantee, { receivedAt, expected, ...response }) => {
      const signals = readSignals({ ...response, receivedAtMs: Date.parse(receivedAt) })
      if (expected.limits !== undefined) {
        expect(signals.limits).toHaveLength(expected.limits.length)
        expect(signals.limits).toMatchObject(expected.limits)
      }
      if (expected.refusal === null) expect(signals.refusal).toBeNull()
      if (expected.refusal !== undefined && expected.refusal !== null) {
        const { untilAt, ...refusal } = expected.refusal
        expect(signals.refusal).toMatchObject(refusal)
        if (untilAt !== undefined) expect(signals.refusal?.untilMs).toBe(Date.parse(untilAt))
      }
      if (expected.retryAfterMs !== undefined) expect(signals.retryAfterMs).toBe(expected.retryAfterMs)
    },
  )
})
