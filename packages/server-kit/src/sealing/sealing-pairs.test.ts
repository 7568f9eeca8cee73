import { expect, test } from 'vitest'
import { sealKey } from './seal-key.js'
import { areSealingSecrets, type SealingPair, sealingPairs } from './sealing-pairs.js'

const place = { providerName: 'groq_1', vendor: 'groq', baseUrl: null }

async function pairOf(secret: string): Promise<SealingPair> {
  const [pair] = await sealingPairs(secret)
  if (pair === undefined) throw new Error('no pair')
  return pair
}

test('a sealed key is opened by its pair for the same provider, vendor and address, and nothing else', async () => {
  const pair = await pairOf('a'.repeat(64))
  const sealed = await sealKey('gsk-secret', pair, place)
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('gsk-secret')
  expect(await pair.open(sealed, place)).toBe('gsk-secret')
  for (const other of [
    { ...place, providerName: 'groq_2' },
    { ...place, vendor: 'openai' },
    { ...place, baseUrl: 'https://attacker.example/v1' },
  ])
    await expect(pair.open(sealed, other)).rejects.toThrow()
  await expect((await pairOf('b'.repeat(64))).open(sealed, place)).rejects.toThrow()
  const bytes = Buffer.from(sealed, 'base64url')
  for (const [index, byte] of bytes.entries()) {
    if (index % 16 !== 0) continue
    const changed = Buffer.from(bytes)
    changed[index] = byte ^ 1
    await expect(pair.open(changed.toString('base64url'), place)).rejects.toThrow()
  }
})

test('the same key is sealed differently each time, and the same secret makes the same pair', async () => {
  const pair = await pairOf('a'.repeat(64))
  expect(await sealKey('k', pair, place)).not.toBe(await sealKey('k', pair, place))
  const again = await pairOf('A'.repeat(64))
  expect(again).toMatchObject({ id: pair.id, publicKey: pair.publicKey })
  expect(pair.publicKey).toHaveLength(87)
})

test('several secrets keep their order, and other texts are refused', async () => {
  const pairs = await sealingPairs(`${'a'.repeat(64)},\n ${'b'.repeat(64)}\n,${'a'.repeat(64)}`)
  expect(pairs.map(({ id }) => id)).toEqual([
    (await pairOf('a'.repeat(64))).id,
    (await pairOf('b'.repeat(64))).id,
  ])
  for (const text of ['', 'a'.repeat(64)]) expect(areSealingSecrets(text)).toBe(true)
  for (const text of ['short', 'g'.repeat(64), Array(17).fill('a'.repeat(64)).join()])
    expect(areSealingSecrets(text)).toBe(false)
})
