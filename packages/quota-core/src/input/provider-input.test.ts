import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { tokenSchema } from '../access/token-input.js'
import { consumerSchema, planSchema } from './consumer-input.js'
import { limitsSchema } from './limit-input.js'
import { parse } from './parse.js'
import { nameInputSchema, poolSchema, providerSchema } from './provider-input.js'
import { recordSchema } from './usage-input.js'

describe('names', () => {
  test.each([
    ['a provider', providerSchema, {}],
    ['a pool', poolSchema, {}],
    ['a consumer', consumerSchema, {}],
    ['a plan', planSchema, { limits: [] }],
    ['a token', tokenSchema, { scopes: ['call'] }],
  ] as const)(
    'of %s that is set that look the same are the same: without a space at the end, with composed accents',
    (_, schema, more) => {
      expect(() => parse<unknown>(schema, { ...more, name: 'a b' })).not.toThrow()
      expect(refusal(schema, { ...more, name: 'a b ' }).message).toBe('name: must not end with a space')
      expect(() => parse<unknown>(schema, { ...more, name: 'caf\u00e9' })).not.toThrow()
      expect(refusal(schema, { ...more, name: 'cafe\u0301' }).message).toMatch(/^name: has an accent/)
    },
  )

  it('may have it where they name what exists, so that an older one can be removed', () => {
    expect(parse(nameInputSchema, { name: 'a ' }).name).toBe('a ')
  })

  test.each([
    'groq_1',
    'a',
    'Groq 1',
    'org:key-1@eu.west+2',
    'кирилл',
    '日本',
    'हिन्दी',
    'ภาษาไทย',
    'x'.repeat(100),
  ])('%j is one', name => {
    expect(parse(nameInputSchema, { name }).name).toBe(name)
  })

  test.each([
    '',
    ' a',
    '_a',
    'a/b',
    'a\u0000',
    'a\nb',
    'a\u001b[31m',
    'a\u007f',
    'a\u0085',
    'a\u2028',
    'a\u200bb',
    'a\ud83d',
    "a'; --",
    'a"b',
    'x'.repeat(101),
    42,
    null,
    {},
  ])('%j is not valid', name => {
    expect(refusal(nameInputSchema, { name })).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
    expect(refusal(recordSchema, { providerName: name }).field).toBe('providerName')
  })
})

describe('settings', () => {
  test.each([
    ['timeZone', 'Mars/Olympus'],
    ['timeZone', ''],
    ['monthStartsOn', 0],
    ['monthStartsOn', 32],
    ['monthStartsOn', 1.5],
    ['monthStartsOn', '1'],
    ['dayStartsAt', '24:00'],
    ['dayStartsAt', '2:30'],
    ['dayStartsAt', '02:30:00'],
    ['models', []],
    ['models.0', ['']],
    ['thresholdsPercent.0', [0]],
    ['thresholdsPercent.0', [80.5]],
    ['thresholdsPercent.1', [80, 1_001]],
    ['thresholdsPercent', Array.from({ length: 11 }, (_, index) => index + 1)],
    ['priority', 1.5],
    ['onExpiry', 'forget'],
    ['vendor', ''],
    ['pool', 'a/b'],
    ['metadata', 'text'],
    ['metadata', []],
  ])('%s of %j is refused', (field, value) => {
    const key = field.split('.')[0] ?? ''
    expect(refusal(providerSchema, { name: 'a', [key]: value })).toMatchObject({
      code: 'INVALID_INPUT',
      field,
    })
  })

  it('have errors that state what to do', () => {
    expect(refusal(providerSchema, { name: 'a', timeZone: 'x' }).message).toMatch(/America\/Los_Angeles/)
    expect(refusal(providerSchema, { name: 'a', dayStartsAt: 'x' }).message).toMatch(/00:00/)
    expect(refusal(limitsSchema, [{ metric: 'requests', window: 'x', max: 1 }]).message).toMatch(
      /rolling-60s/,
    )
  })

  it('that are absent stay undefined, and null removes a provider from its pool', () => {
    expect(parse(providerSchema, { name: 'a' })).toMatchObject({
      limits: undefined,
      pool: undefined,
      timeZone: undefined,
    })
    expect(parse(providerSchema, { name: 'a', pool: null }).pool).toBe(null)
  })
})
