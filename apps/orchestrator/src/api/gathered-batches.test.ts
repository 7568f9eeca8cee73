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

/** Ends the oldest batch in flight. */
async function arrival(): Promise<void> {
  arrive.shift()?.()
  await nextTurn()
}

test('a single item is sent in the same event-loop turn, and items of one turn are sent together', async () => {
  const gathered = batches({ maxUnderWay: 2 })
  gathered.add(urgent('a'))
  await nextTurn()
  gathered.add(urgent('b'))
  gathered.add(urgent('c'))
  await nextTurn()
  expect(sent).toEqual([['a'], ['b', 'c']])
})

test('items that arrive while enough batches are in flight join the next one, in order', async () => {
  const gathered = batches()
  for (const name of ['a', 'b', 'c']) {
    gathered.add(urgent(name))
    await nextTurn()
  }
  expect(sent).toEqual([['a']])
  await arrival()
  expect(sent).toEqual([['a'], ['b', 'c']])
})

test('settlements precede reservations in a batch', async () => {
  const gathered = batches()
  gathered.add(urgent('asked'))
  gathered.add(patient('settled'))
  await nextTurn()
  expect(sent).toEqual([['settled', 'asked']])
})

test('items that may wait are sent with items that may not', async () => {
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

test('items that may wait are sent after their delay, or when a batch is full', async () => {
  const gathered = batches({ maxUnderWay: 2 })
  gathered.add(patient('a'))
  await vi.advanceTimersByTimeAsync(bounds.longestWaitMs)
  await nextTurn()
  expect(sent).toEqual([['a']])
  for (const name of ['b', 'c', 'd', 'e']) gathered.add(patient(name))
  await nextTurn()
  expect(sent).toEqual([['a'], ['b', 'c', 'd', 'e']])
})

test('no batch exceeds its bounds, except for a single larger item, and none is left behind', async () => {
  const gathered = batches()
  const items = [urgent('a', 60), urgent('b', 40), urgent('c', 1), urgent('huge', 500), urgent('d', 1)]
  for (const item of items) gathered.add(item)
  for (const name of ['e', 'f', 'g', 'h']) gathered.add(urgent(name))
  await nextTurn()
  for (let round = 0; round < 5; round++) await arrival()
  expect(sent).toEqual([['a', 'b'], ['c'], ['huge'], ['d', 'e', 'f', 'g'], ['h']])
})

test('the end of a batch does not send items that may wait', async () => {
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
