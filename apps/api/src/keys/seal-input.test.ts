import { expect, test } from 'vitest'
import { enterSchema } from './seal-input.js'

test('a key that is not sealed is refused with what to do, and names no procedure', () => {
  const entered = enterSchema.safeParse({ providerName: 'a', ciphertext: 'plain', keyPairId: 'a'.repeat(16) })
  expect(entered.error?.issues.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^must be a key that is sealed .*: enter it by "quotakeeper providers add"/),
  ])
  expect(entered.error?.message).not.toMatch(/keys\.\w/)
})
