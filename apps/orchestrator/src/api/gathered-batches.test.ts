import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BatchBounds, type Gathered, GatheredBatches } from './gathered-batches.js'

interface Item extends Gathered {
  readonly name: string
}

const bounds: BatchBounds = { maxItems: 4, maxSize: 100, maxUnderWay: 1, longestWaitMs: 5 }

let sent: string[][]
let arrive: (() => void)[]

beforeEach(() => {
  sent = []
  arrive = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

function batches(changed: Partial<BatchBounds> = {}): GatheredBatches<Item> {
  return new GatheredBatches(
    items =>
      new Promise(resolve => {
        sent.push(items.map(({ name }) => name))
        arrive.push(resolve)
      }),
    { ...bounds, ...changed },
  )
}

function urgent(name: string, size = 1): Item {
  return { name, size, mayWait: false }
}

function patient(name: string): Item {
  return { name, size: 1, mayWait: true }
}

/** Ends the oldest batch that is under way. */
async function arrival(): Promise<void> {
  arrive.shift()?.()
  await nextTurn()
}

test('a lone item leaves in the same turn of the loop, and those of one turn leave together', async () => {
  const gathered = batches({ maxUnderWay: 2 })
  gathered.add(urgent('a'))
  await nextTurn()
  gathered.add(urgent('b'))
  gathered.add(urgent('c'))
  await nextTurn()
  expect(sent).toEqual([['a'], ['b', 'c']])
})

test('what comes while enough batches are under way leaves with the next, in order', async () => {
  const gathered = batches()
  for (const name of ['a', 'b', 'c']) {
    gathered.add(urgent(name))
    await nextTurn()
  }
  expect(sent).toEqual([['a']])
  await arrival()
  expect(sent).toEqual([['a'], ['b', 'c']])
})

test('what has been settled is told before anything is asked for on the strength of it', async () => {
  const gathered = batches()
  gathered.add(urgent('asked'))
  gathered.add(patient('settled'))
  await nextTurn()
  expect(sent).toEqual([['settled', 'asked']])
})

test('what may wait leaves with what may not', async () => {
  const gathered = batches()
  gathered.add(patient('settled'))
  await nextTurn()
  expect(sent).toEqual([])
  gathered.add(urgent('asked'))
  await nextTurn()
  expect(sent).toEqual([['settled', 'asked']])
  await vi.advanceTimersByTimeAsync(bounds.longestWaitMs)
  await arrival()
  expect(sent).toHaveLength(1)
})

test('what may wait leaves by itself in time, or once there is enough for a batch', async () => {
  const gathered = batches({ maxUnderWay: 2 })
  gathered.add(patient('a'))
  await vi.advanceTimersByTimeAsync(bounds.longestWaitMs)
  await nextTurn()
  expect(sent).toEqual([['a']])
  for (const name of ['b', 'c', 'd', 'e']) gathered.add(patient(name))
  await nextTurn()
  expect(sent).toEqual([['a'], ['b', 'c', 'd', 'e']])
})

test('no batch is larger than its bounds, but for an item that is so by itself; none is left behind', async () => {
  const gathered = batches()
  const items = [urgent('a', 60), urgent('b', 40), urgent('c', 1), urgent('huge', 500), urgent('d', 1)]
  for (const item of items) gathered.add(item)
  for (const name of ['e', 'f', 'g', 'h']) gathered.add(urgent(name))
  await nextTurn()
  for (let round = 0; round < 5; round++) await arrival()
  expect(sent).toEqual([['a', 'b'], ['c'], ['huge'], ['d', 'e', 'f', 'g'], ['h']])
})

test('a batch that has ended lets what may wait go on waiting', async () => {
  const gathered = batches()
  gathered.add(urgent('a'))
  await nextTurn()
  gathered.add(patient('b'))
  await arrival()
  expect(sent).toEqual([['a']])
  await vi.advanceTimersByTimeAsync(bounds.longestWaitMs)
  await nextTurn()
  expect(sent).toEqual([['a'], ['b']])
})
