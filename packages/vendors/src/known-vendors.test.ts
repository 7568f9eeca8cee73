import { describe, expect, test } from 'vitest'
import { vendorFacts, vendorNames } from './known-vendors.js'

test('nothing is known of names that an object has by nature', () => {
  for (const name of ['constructor', '__proto__', 'toString', '', 'GROQ'])
    expect(vendorFacts(name)).toBeUndefined()
})

test('no vendor is listed twice', () => {
  expect(new Set(vendorNames).size).toBe(vendorNames.length)
})

describe.each(vendorNames.map(name => [name, vendorFacts(name)] as const))('%s', (name, facts) => {
  test('has facts that can be used as they are', () => {
    expect(facts?.name).toBe(name)
    expect(facts?.chatBaseUrl ?? 'https://example.com').toMatch(/^https:\/\/\S+[^/]$/)
    expect(() => new Intl.DateTimeFormat('en', { timeZone: facts?.timeZone })).not.toThrow()
    for (const variable of facts?.apiKeyEnv ?? []) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/)
  })

  test('says where its facts come from, and when they were read', () => {
    if (name !== 'custom') expect(facts?.sources.length).toBeGreaterThan(0)
    for (const source of facts?.sources ?? []) {
      expect(source.url).toMatch(/^https:\/\//)
      expect(source.lookedUpOn).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})

test('what decides over quota is right for the vendors that differ', () => {
  expect(vendorFacts('groq')?.countsCachedTokens).toBe(false)
  expect(vendorFacts('cerebras')?.reservesMaxTokens).toBe(true)
  expect(vendorFacts('gemini')?.timeZone).toBe('America/Los_Angeles')
  expect(vendorFacts('huggingface')?.apiKeyEnv[0]).toBe('HF_TOKEN')
})
