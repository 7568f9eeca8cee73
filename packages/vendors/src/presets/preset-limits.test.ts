import { describe, expect, test } from 'vitest'
import { vendorFacts } from '../known-vendors.js'
import { presetLimits, presetNames } from './preset-limits.js'

const limitsFor = (name: string, model: string) =>
  presetLimits(name)
    ?.limits.filter(limit => limit.model === model)
    .map(({ metric, window, max }) => [metric, window, max])

describe.each(presetNames.map(name => [name, presetLimits(name)] as const))('%s', (name, preset) => {
  test('belongs to a known vendor and follows its day', () => {
    const facts = vendorFacts(preset?.vendor ?? '')
    expect(name.startsWith(`${facts?.name}/`)).toBe(true)
    expect(preset?.timeZone).toBe(facts?.timeZone)
  })

  test('is usable unchanged: unique limits, positive integers, at most 100', () => {
    const limits = preset?.limits ?? []
    const keys = limits.map(({ metric, window, model }) => `${metric}/${window}@${model}`)
    expect(new Set(keys).size).toBe(limits.length)
    expect(limits.length).toBeLessThanOrEqual(100)
    for (const { max } of limits) expect(Number.isSafeInteger(max) && max > 0).toBe(true)
  })

  test('excludes cached input exactly if the vendor does', () => {
    const counted = vendorFacts(preset?.vendor ?? '')?.countsCachedTokens
    for (const { metric, countsCached } of preset?.limits ?? []) {
      if (metric === 'tokens' || metric === 'inputTokens') expect(countsCached ?? true).toBe(counted)
    }
  })

  test('states its source and when that was read', () => {
    expect(preset?.sources.length).toBeGreaterThan(0)
    for (const { lookedUpOn } of preset?.sources ?? []) expect(lookedUpOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })
})

test('Groq’s limits are rolling and per model', () => {
  expect(limitsFor('groq/free', 'llama-3.3-70b-versatile')).toEqual([
    ['requests', 'rolling-60s', 30],
    ['requests', 'rolling-1d', 1_000],
    ['tokens', 'rolling-60s', 12_000],
    ['tokens', 'rolling-1d', 100_000],
  ])
  expect(presetLimits('groq/free')?.limits.every(limit => limit.per === 'model')).toBe(true)
})

test('Gemini’s are minutes and Pacific days', () => {
  expect(presetLimits('gemini/free')?.timeZone).toBe('America/Los_Angeles')
  expect(limitsFor('gemini/free', 'gemini-*')).toContainEqual(['requests', 'day', 20])
})

test('OpenRouter’s free models share one quota', () => {
  expect(limitsFor('openrouter/free', '*:free')).toEqual([
    ['requests', 'minute', 20],
    ['requests', 'day', 50],
  ])
  expect(presetLimits('openrouter/free')?.limits.some(limit => limit.per === 'model')).toBe(false)
})

test('unknown names have no preset', () => {
  for (const name of ['', 'groq', 'groq/paid', '__proto__']) expect(presetLimits(name)).toBeUndefined()
})
