import { expect, test } from 'vitest'
import { mergeLimits, parseLimitSetting } from './limit-setting.js'
import { limitsInFile } from './limits-in-file.js'

function fileOf(settings: readonly string[], details = {}): string {
  return limitsInFile('providers', 'groq_1', mergeLimits([], settings.map(parseLimitSetting), details))
}

test('limits of a measure alone are a map, with cost in dollars and null for none', () => {
  const settings = ['requests/day=1000', 'cost/month=$0.25', 'tokens/rolling-60s@llama-*=8000']
  expect(fileOf([...settings, 'concurrency=5', 'characters/day=none'])).toBe(`providers:
  - name: groq_1
    limits:
      requests/day: 1000
      cost/month: $0.25
      tokens/rolling-60s@llama-*: 8000
      concurrency: 5
      characters/day: null`)
})

test('limits that need more fields are a list', () => {
  expect(fileOf(['tokens/day=9', 'concurrency=5'], { per: 'model', mode: 'shadow' })).toBe(`providers:
  - name: groq_1
    limits:
      - metric: tokens
        window: day
        max: 9
        per: model
        mode: shadow
      - metric: concurrency
        max: 5
        per: model
        mode: shadow`)
  const burst = { id: 'burst', metric: 'cost', window: 'day', max: 1_500_000, countsCached: false } as const
  expect(limitsInFile('providers', 'groq_1', [burst])).toBe(`providers:
  - name: groq_1
    limits:
      - id: burst
        metric: cost
        window: day
        max: $1.50
        countsCached: false`)
})
