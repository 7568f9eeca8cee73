import { QuotaError } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { SharedReads } from './shared-reads.js'

/** Reads that end when they are told to, and whom each was of. */
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

test('who comes while a read is under way shares the next, which is of all of them', async () => {
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

test('where the database is away all who share a read are told so, and nobody after', async () => {
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

test('what is stored of one and cannot be read fails those alone who ask about it', async () => {
  const shared = new SharedReads(async names => {
    await new Promise(setImmediate)
    if (names.includes('broken')) throw new RangeError('cannot be told exactly')
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
