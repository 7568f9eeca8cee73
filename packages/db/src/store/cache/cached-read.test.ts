import { expect, test } from 'vitest'
import { CachedRead } from './cached-read.js'

test('a read is shared until its lifetime is over, and a failed one is forgotten at once', async () => {
  let count = 0
  const read = async (): Promise<number> => {
    count++
    if (count === 1) throw new Error('away')
    return count
  }
  const remembered = new CachedRead<number>(60_000)
  const failures = await Promise.allSettled([remembered.read(read), remembered.read(read)])
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect([await remembered.read(read), await remembered.read(read)]).toEqual([2, 2])
  const forgetful = new CachedRead<number>(0)
  expect([await forgetful.read(read), await forgetful.read(read)]).toEqual([3, 4])
})
