import { QuotaError } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { SharedReads } from './shared-reads.js'

/** Reads that the test ends, and the names of each. */
function heldReads() {
  const reads: { readonly names: readonly string[]; end(failure?: Error): void }[] = []
  const shared = new SharedReads(
    names =>
      new Promise<number>((resolve, reject) => {
        const turn = reads.length
        reads.push({ names, end: failure => (failure === undefined ? resolve(turn) : reject(failure)) })
      }),
  )
  return { reads, shared }
}

test('callers during a read share the next one, which is of all their names', async () => {
  const { reads, shared } = heldReads()
  const first = shared.read(['a'])
  const later = [shared.read(['b', 'a']), shared.read(['c']), shared.read(['a'])]
  expect(reads.map(({ names }) => names)).toEqual([['a']])
  reads[0]?.end()
  expect(await first).toBe(0)
  await expect.poll(() => reads.length).toBe(2)
  expect(reads[1]?.names).toEqual(['b', 'a', 'c'])
  const last = shared.read(['d'])
  reads[1]?.end()
  expect(await Promise.all(later)).toEqual([1, 1, 1])
  await expect.poll(() => reads.map(({ names }) => names)).toEqual([['a'], ['b', 'a', 'c'], ['d']])
  reads[2]?.end()
  expect(await last).toBe(2)
})

test('a read that fails since the database is away fails for its callers, and for no later one', async () => {
  const { reads, shared } = heldReads()
  const away = new QuotaError('STORE_UNAVAILABLE', 'away')
  const first = shared.read(['a'])
  const second = [shared.read(['b']), shared.read(['c'])]
  reads[0]?.end(away)
  await expect(first).rejects.toThrow('away')
  await expect.poll(() => reads.length).toBe(2)
  reads[1]?.end(away)
  for (const each of second) await expect(each).rejects.toThrow('away')
  const third = shared.read([])
  expect(reads.map(({ names }) => names)).toEqual([['a'], ['b', 'c'], []])
  reads[2]?.end()
  expect(await third).toBe(2)
})

test('rows of one name that cannot be read fail only the callers that ask for it', async () => {
  const shared = new SharedReads(async names => {
    await new Promise(setImmediate)
    if (names.includes('broken')) throw new RangeError('cannot be read exactly')
    return names
  })
  const reads = [['a'], ['b'], ['broken'], ['b', 'c'], ['broken', 'b', 'c']].map(names => shared.read(names))
  const ends = await Promise.allSettled(reads)
  expect(ends.map(end => (end.status === 'fulfilled' ? end.value : end.reason.name))).toEqual([
    ['a'],
    ['b'],
    'RangeError',
    ['b', 'c'],
    'RangeError',
  ])
})
