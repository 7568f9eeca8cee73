import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StreamUsage } from './stream-usage.js'

const counts = (chunks: readonly unknown[], vendor?: string) => {
  const stream = new StreamUsage(vendor)
  for (const chunk of chunks) stream.add(chunk)
  return [stream.usage.inputTokenCount, stream.usage.outputTokenCount]
}

test('usage that grows in every chunk counts once, and a final null does not clear it', () => {
  const growing = Array.from({ length: 16 }, (_, index) => ({
    choices: [{ delta: { content: 'a' } }],
    usage: { prompt_tokens: 48, completion_tokens: index + 1 },
  }))
  expect(counts([...growing, { choices: [], usage: null }])).toEqual([48, 16])
})

test('Anthropic’s first and last event are one call', () => {
  const start = { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } }
  expect(counts([start, { type: 'message_delta', usage: { output_tokens: 15 } }])).toEqual([25, 15])
})

test('compactions of Anthropic’s last event count', () => {
  const iterations = [
    { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
    { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
  ]
  const start = { type: 'message_start', message: { usage: { input_tokens: 10, output_tokens: 1 } } }
  const usage = { input_tokens: 23_000, output_tokens: 1_000, iterations }
  expect(counts([start, { type: 'message_delta', usage }], 'anthropic')).toEqual([203_000, 4_500])
})

test('usage in the last chunk only is found, in any place', () => {
  const usage = { prompt_tokens: 18, completion_tokens: 439, total_tokens: 457 }
  const text = { choices: [{ delta: { content: 'a' } }], usage: null }
  expect(counts([text, { choices: [], usage }])).toEqual([18, 439])
  expect(counts([text, { choices: [{ finish_reason: 'stop' }], x_groq: { usage } }])).toEqual([18, 439])
  expect(counts([text, { choices: [], x_groq: { usage } }, { choices: [], usage }])).toEqual([18, 439])
})

test('a router’s nulls before its usage are ignored', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 955, total_tokens: 965 }
  expect(counts([{ usage: null }, { usage: null }, { usage }])).toEqual([10, 955])
})

test('a frame after the end adds its cost and keeps tokens', () => {
  const stream = new StreamUsage('openrouter')
  stream.add({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } })
  stream.add({ choices: [], cost: '0' })
  expect(stream.usage).toMatchObject({ inputTokenCount: 7, outputTokenCount: 2, costMicroUsd: 0 })
})

test('a total in another chunk than its parts adds the output that they omit', () => {
  expect(
    counts([{ usage: { prompt_tokens: 10, completion_tokens: 5 } }, { usage: { total_tokens: 100 } }]),
  ).toEqual([10, 90])
  expect(counts([{ usage: { total_tokens: 100 } }, { usage: { prompt_tokens: 10 } }])).toEqual([10, 90])
})

test('a stated cost of 0 is 0, and none is null', () => {
  const usage = { prompt_tokens: 7, completion_tokens: 2 }
  const cost = (chunks: readonly unknown[]): number | null => {
    const stream = new StreamUsage()
    for (const chunk of chunks) stream.add(chunk)
    return stream.usage.costMicroUsd
  }
  expect(cost([{ usage: { ...usage, cost: 0 } }])).toBe(0)
  expect(cost([{ usage: { ...usage, cost: 0 } }, { usage }])).toBe(0)
  expect(cost([{ usage: { ...usage, cost: 0 } }, { usage: { ...usage, cost: 0.1 } }])).toBe(100_000)
  expect(cost([{ usage }])).toBeNull()
})

test('a stream truncated before its usage leaves tokens unknown', () => {
  expect(counts([{ choices: [{ delta: { content: 'a' } }] }])).toEqual([null, null])
})

test('an absurd chunk is flagged, and the valid ones count', () => {
  const stream = new StreamUsage()
  stream.add({ usage: { prompt_tokens: 5, completion_tokens: 2 } })
  stream.add({ usage: { prompt_tokens: -5, completion_tokens: Number.NaN } })
  expect(stream.usage).toMatchObject({ inputTokenCount: 5, outputTokenCount: 2, totalTokenCount: 7 })
  expect(stream.usage.problems.map(({ code }) => code)).toEqual(['negative', 'not_a_number'])
})

test('for any chunks, counts never fall and the list of problems is bounded', () => {
  const count = fc.oneof(fc.integer({ min: -5, max: 100 }), fc.constant(null), fc.double(), fc.string())
  const usage = fc.record({ prompt_tokens: count, completion_tokens: count }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.record({ usage }), fc.anything()), { maxLength: 30 }), chunks => {
      const stream = new StreamUsage()
      let least = 0
      for (const chunk of chunks) {
        stream.add(chunk)
        const output = stream.usage.outputTokenCount ?? 0
        expect(output).toBeGreaterThanOrEqual(least)
        least = output
      }
      expect(stream.usage.problems.length).toBeLessThanOrEqual(20)
    }),
  )
})
