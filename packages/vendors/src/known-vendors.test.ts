import { describe, expect, test } from 'vitest'
import { vendorFacts, vendorNames } from './known-vendors.js'

test('names of built-in object properties are not vendors', () => {
  for (const name of ['constructor', '__proto__', 'toString', '', 'GROQ'])
    expect(vendorFacts(name)).toBeUndefined()
})

test('no vendor is listed twice', () => {
  expect(new Set(vendorNames).size).toBe(vendorNames.length)
})

describe.each(vendorNames.map(name => [name, vendorFacts(name)] as const))('%s', (name, facts) => {
  test('has facts that are usable unchanged', () => {
    expect(facts?.name).toBe(name)
    expect(facts?.chatBaseUrl ?? 'https://example.com').toMatch(/^https:\/\/\S+[^/]$/)
    expect(() => new Intl.DateTimeFormat('en', { timeZone: facts?.timeZone })).not.toThrow()
    for (const variable of facts?.apiKeyEnv ?? []) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/)
  })

  test('states the sources of its facts and when they were read', () => {
    if (name !== 'custom') expect(facts?.sources.length).toBeGreaterThan(0)
    for (const source of facts?.sources ?? []) {
      expect(source.url).toMatch(/^https:\/\//)
      expect(source.lookedUpOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})

test('facts that affect quota are right for the vendors that differ', () => {
  expect(vendorFacts('groq')?.countsCachedTokens).toBe(false)
  expect(vendorFacts('cerebras')?.reservesMaxTokens).toBe(true)
  expect(vendorFacts('gemini')?.timeZone).toBe('America/Los_Angeles')
  expect(vendorFacts('huggingface')?.apiKeyEnv[0]).toBe('HF_TOKEN')
})
