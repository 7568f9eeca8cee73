import { expect, test } from 'vitest'
import { presetLines } from './preset-lines.js'

test('limits of the same models are one line, and what is counted together is said', () => {
  const limits = [
    { metric: 'requests', window: 'minute', max: 1_000, model: '*', per: 'model' },
    { metric: 'tokens', window: 'rolling-1d', max: 2, model: '*', per: 'model' },
    { metric: 'requests', window: 'rolling-1s', max: 1 },
    { metric: 'cost', window: 'day', max: 110_000 },
    { metric: 'requests', window: 'day', max: 50, model: '*:free' },
    { metric: 'requests', window: 'day', max: 5, model: 'llama-*', per: 'model' },
    { metric: 'requests', window: 'day', max: 6, model: 'llama-3' },
  ] as const
  expect(presetLines({ limits })).toEqual([
    { models: 'each model', limits: '1,000 requests a minute, 2 tokens in 24 h' },
    { models: 'all models', limits: '1 request in 1 s, $0.11 a day' },
    { models: '*:free together', limits: '50 requests a day' },
    { models: 'llama-*, each model', limits: '5 requests a day' },
    { models: 'llama-3', limits: '6 requests a day' },
  ])
})
