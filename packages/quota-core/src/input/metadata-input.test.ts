import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { metadataSchema } from './metadata-input.js'
import { parse } from './parse.js'
import { recordSchema } from './usage-input.js'

describe('metadata', () => {
  const refused = (metadata: unknown) => {
    expect(refusal(metadataSchema, metadata)).toMatchObject({ code: 'INVALID_INPUT', field: null })
    const error = refusal(recordSchema, { providerName: 'a', metadata })
    expect(error.field).toMatch(/^metadata/)
    return error.message
  }

  test.each([
    ['U+0000 in a value', { t: 'a\u0000b' }],
    ['U+0000 in a key', { 'a\u0000b': 1 }],
    ['U+0000 deep inside', { a: [{ b: { c: '\u0000' } }] }],
    ['U+0000 after a backslash', { a: '\\\u0000' }],
    ['a lone high surrogate', { t: '\ud83d' }],
    ['a lone low surrogate', { t: 'a\ude00' }],
    ['a lone surrogate in a key', { '\ud83d': 1 }],
    ['a lone surrogate after a backslash', { a: '\\\ud83d' }],
  ])('with %s is refused', (_, metadata) => {
    expect(refused(metadata)).toMatch(/U\+0000|lone surrogates/)
  })

  test.each([
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['undefined', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['a bigint', { a: 1n }],
    ['a symbol', { a: Symbol('a') }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map() }],
  ])('with %s is refused, since JSON would not return it', (_, metadata) => {
    expect(refused(metadata)).toMatch(/plain JSON/)
  })

  it('of 16 KiB is accepted, a byte more is refused; bytes count, not characters', () => {
    const ofBytes = (count: number) => ({ a: 'x'.repeat(count - '{"a":""}'.length) })
    expect(() => parse(metadataSchema, ofBytes(16_384))).not.toThrow()
    expect(refused(ofBytes(16_385))).toMatch(/16 KiB/)
    expect(refused({ a: 'é'.repeat(9_000) })).toMatch(/16 KiB/)
  })

  it('of 16 levels is accepted, deeper is refused', () => {
    const nested = (levels: number): Record<string, unknown> =>
      levels === 0 ? {} : { a: nested(levels - 1) }
    expect(() => parse(metadataSchema, nested(15))).not.toThrow()
    expect(refused(nested(16))).toMatch(/16 levels/)
    expect(refused(nested(5_000))).toMatch(/16 levels/)
  })

  it('that is circular or huge by repetition is refused quickly', () => {
    const endless: Record<string, unknown> = {}
    endless['self'] = endless
    expect(refused(endless)).toMatch(/levels/)
    let wide: unknown = 'x'
    for (let level = 0; level < 14; level++) wide = Array.from({ length: 20 }, () => wide)
    expect(refused({ wide })).toMatch(/16 KiB/)
  })

  it('may contain anything, and is returned unchanged', () => {
    const odd = {
      "a' OR '1'='1": 'x"; DROP TABLE usage;--',
      '\\u0000': '\\ud83d, which is only text',
      '': [null, true, 1.5, -0.1, '😀\u2028\u200b'],
    }
    expect(parse(metadataSchema, odd)).toEqual(odd)
  })
})
