import { readUsage, StreamUsage, type VendorUsage } from '@quotakeeper/vendors'
import type { Price } from '@quotakeeper/vendors/prices'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Candidate } from '../routing/resolve-model.js'
import { type Charge, chargeOfAnswer } from './charge.js'
import { pricedCharge, UnpricedModels } from './priced-charge.js'

const asked = { promptCharacters: 400 }

function usageOf(...events: readonly unknown[]): VendorUsage {
  const stream = new StreamUsage()
  for (const event of events) stream.add(event)
  return stream.usage
}

const begunMessage = {
  type: 'message_start',
  message: { usage: { input_tokens: 25, cache_read_input_tokens: 3_000, output_tokens: 1 } },
}
const usageSoFar = [
  ['Messages', usageOf(begunMessage), 3_025],
  ['Chat', usageOf({ usage: { prompt_tokens: 90, completion_tokens: 7, total_tokens: 97 } }), 90],
  ['Responses', usageOf({ response: { usage: { input_tokens: 90, output_tokens: 7 } } }), 90],
  ['Gemini', usageOf({ usageMetadata: { promptTokenCount: 90, totalTokenCount: 97 } }), 90],
  ['no dialect', readUsage(undefined), 100],
] as const

for (const outcome of ['failed', 'aborted'] as const) {
  test.each(usageSoFar)(
    `a stream of %s with the outcome ${outcome} is charged the text that came`,
    (_, usage, input) => {
      const cut = chargeOfAnswer({ asked, answerCharacters: 20_000, usage, outcome })
      expect(cut).toMatchObject({ outcome, inputTokenCount: input, outputTokenCount: 5_000, estimated: true })
    },
  )
}

test('what was reported of a stream that was cut off is the least: reasoning is not in its text', () => {
  const usage = usageOf({ usage: { prompt_tokens: 90, completion_tokens: 700, total_tokens: 790 } })
  const cut = chargeOfAnswer({ asked, answerCharacters: 40, usage, outcome: 'failed' })
  expect(cut).toMatchObject({ inputTokenCount: 90, outputTokenCount: 700, isCostPartial: false })
})

test('the usage of a whole answer is its own, though its client has left before the end', () => {
  const usage = usageOf({ usage: { prompt_tokens: 90, completion_tokens: 7, total_tokens: 97 } })
  const call = { asked, answerCharacters: 400, usage }
  expect(chargeOfAnswer({ ...call, outcome: 'succeeded' }).outputTokenCount).toBe(7)
  expect(chargeOfAnswer({ ...call, outcome: 'aborted', isWhole: true }).outputTokenCount).toBe(7)
})

const candidate: Candidate = {
  model: 'm',
  provider: {
    ...{ name: 'a', vendor: 'custom', models: ['*'], origin: '', basePath: '', query: '', key: null },
    ...{ keyVariable: null, keyFingerprint: null, enabled: true, pool: null, endpoints: new Map() },
    facts: {
      acceptsStreamOptions: true,
      countsRefusals: false,
      keyHeader: { name: 'authorization', prefix: 'Bearer ' },
    },
  },
}

function costOf(charge: Charge, outputMicroUsd: number | null): number | undefined {
  const free = { inputMicroUsd: 0, cachedInputMicroUsd: 0, cacheWriteMicroUsd: 0, requestMicroUsd: 0 }
  const source = { kind: 'configured', pattern: '*' } as const
  const price: Price | null = outputMicroUsd === null ? null : { ...free, outputMicroUsd, source, tiers: [] }
  const unpriced = new UnpricedModels(pino({ level: 'silent' }))
  return pricedCharge(charge, { candidate, price, isMoneyCounted: true, unpriced }).costMicroUsd
}

test('a cost stated of a part of the output is the least', () => {
  const usage = usageOf({ usage: { prompt_tokens: 90, completion_tokens: 7, total_tokens: 97, cost: 0.001 } })
  const cut = chargeOfAnswer({ asked, answerCharacters: 4_000, usage, outcome: 'aborted' })
  expect(costOf(cut, 2_000_000)).toBe(2_000)
  expect(costOf(cut, 1)).toBe(1_000)
  expect(costOf(cut, null)).toBe(1_000)
  const whole = chargeOfAnswer({ asked, answerCharacters: 4_000, usage, outcome: 'succeeded' })
  expect(costOf(whole, 2_000_000)).toBe(1_000)
})
