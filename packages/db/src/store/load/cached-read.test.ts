import { expect, test } from 'vitest'
import { CachedRead } from './cached-read.js'

test('a read is shared until its lifetime is over, and a failed one is dropped at once', async () => {
  let count = 0
  const read = async (): Promise<number> => {
    count++
    if (count === 1) throw new Error('away')
    return count
  }
  const cached = new CachedRead<number>(60_000)
  const failures = await Promise.allSettled([cached.read(read), cached.read(read)])
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect([await cached.read(read), await cached.read(read)]).toEqual([2, 2])
  const uncached = new CachedRead<number>(0)
  expect([await uncached.read(read), await uncached.read(read)]).toEqual([3, 4])
})
