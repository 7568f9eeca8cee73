import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payloadHash } from './payload-hash.js'
import { sha256Base64Url } from './sha-256.js'

const wholeHash = 43

function expected(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

test('hashes agree with node:crypto, at every length around the block size', () => {
  for (let length = 0; length <= 300; length++) {
    const text = 'x'.repeat(length)
    expect(sha256Base64Url(text, wholeHash), `${length} characters`).toBe(expected(text))
  }
  for (const length of [2_047, 2_048, 70_000]) {
    const text = 'a'.repeat(length)
    expect(sha256Base64Url(text, wholeHash), `${length} characters`).toBe(expected(text))
  }
})

test('and for any text, including emoji, lone surrogates and U+0000', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }))
  fc.assert(
    fc.property(texts, text => {
      expect(sha256Base64Url(text, wholeHash)).toBe(expected(text))
    }),
  )
  for (const text of ['\ud83d', 'a\ude00b', 'é', '\0', '𠮷'.repeat(40), `${'a'.repeat(130)}é`])
    expect(sha256Base64Url(text, wholeHash), JSON.stringify(text)).toBe(expected(text))
})

test('hashes stored by an earlier release are unchanged', () => {
  const counts = {
    requestCount: 1,
    characterCount: 4_000,
    inputTokenCount: 1_000,
    outputTokenCount: 256,
    cachedInputTokenCount: 0,
    costMicroUsd: 0,
    audioSecondCount: 0,
  }
  const hash = payloadHash(['reserve', 'groq_1', 'llama-3.1-8b-instant', counts, null, '', 'team é', 600_000])
  expect(hash).toBe('9NspNd2zuOvpV0IXWbDxer')
  // A count that came later makes another payload only where there is some of it.
  expect(payloadHash([counts])).not.toBe(payloadHash([{ ...counts, audioSecondCount: 1 }]))
})
