import { describe, expect, test } from 'vitest'
import { type Batch, type Need, Schedule } from './schedule.js'

const bounds = { maxInBatch: 1_000, maxRunning: 4, openAfterMs: 10 }

function need(keys: string, rest: Partial<Need> = {}): Need {
  return { keys: [...keys], kind: 'call', pace: 'usual', ...rest }
}

/** A schedule of commands that are named for the keys that they need; `#` and a suffix distinguish those with the same keys. */
function scheduleOf(...names: readonly string[]): Schedule<string> {
  const schedule = new Schedule<string>(bounds)
  for (const name of names) schedule.add(name, need(name.replace(/#.*/, '')))
  return schedule
}

function itemsOf(batch: Batch<string> | null): readonly string[] | null {
  return batch === null ? null : batch.turns.map(({ item }) => item)
}

/** Starts a batch that must start. */
function started(schedule: Schedule<string>, nowMs = 0): Batch<string> {
  const batch = schedule.start(nowMs)
  if (batch === null) throw new Error('no batch has started')
  return batch
}

describe('a batch', () => {
  test('takes all that wait, in order, whatever they need', () => {
    const schedule = scheduleOf('a', 'b', 'a#2', 'abc', 'c', 'b#2')
    expect(itemsOf(schedule.start(0))).toEqual(['a', 'b', 'a#2', 'abc', 'c', 'b#2'])
    expect(schedule.waitingCount).toBe(0)
  })

  test('leaves those who need what another has, and those behind them on any key', () => {
    const schedule = scheduleOf('a')
    const first = started(schedule)
    for (const name of ['b', 'ac', 'c', 'cd', 'e']) schedule.add(name, need(name))
    expect(itemsOf(schedule.start(10))).toEqual(['b', 'e'])
    schedule.end(first)
    expect(itemsOf(schedule.start(20))).toEqual(['ac', 'c', 'cd'])
  })

  test('has at most as many commands as it may; the next ones are first in the one after it', () => {
    const schedule = new Schedule<string>({ ...bounds, maxInBatch: 3 })
    for (const name of ['a1', 'a2', 'b1', 'a3', 'a4', 'b2']) schedule.add(name, need(name.slice(0, 1)))
    const first = started(schedule)
    expect(itemsOf(first)).toEqual(['a1', 'a2', 'b1'])
    expect(schedule.start(10)).toBeNull()
    schedule.end(first)
    expect(itemsOf(schedule.start(10))).toEqual(['a3', 'a4', 'b2'])
  })

  test('of one that goes alone is of that one, and nobody overtakes it on its keys', () => {
    const schedule = scheduleOf('a')
    schedule.add('A', need('a', { kind: 'alone' }))
    schedule.add('a2', need('a'))
    schedule.add('b', need('b'))
    const first = started(schedule)
    expect(itemsOf(first)).toEqual(['a', 'b'])
    schedule.end(first)
    const alone = started(schedule)
    expect(itemsOf(alone)).toEqual(['A'])
    expect(schedule.start(10)).toBeNull()
    schedule.end(alone)
    expect(itemsOf(schedule.start(10))).toEqual(['a2'])
  })
})

describe('a second batch', () => {
  test('of calls starts beside a first one only when that has lasted, so that many callers share few batches', () => {
    const schedule = scheduleOf('a')
    started(schedule, 100)
    schedule.add('b', need('b'))
    expect(schedule.start(109)).toBeNull()
    expect(schedule.startsAtMs()).toBe(110)
    expect(itemsOf(schedule.start(110))).toEqual(['b'])
    expect(schedule.startsAtMs()).toBeNull()
  })

  test('of calls does not wait for one of those that may take long, nor these for it', () => {
    const schedule = scheduleOf()
    schedule.add('A', need('a', { kind: 'alone' }))
    expect(itemsOf(schedule.start(0))).toEqual(['A'])
    schedule.add('b', need('b'))
    schedule.add('c', need('c', { pace: 'slow' }))
    schedule.add('d', need('d', { pace: 'apart' }))
    expect([1, 2, 3].map(() => itemsOf(schedule.start(0)))).toEqual([['b'], ['c'], ['d']])
    schedule.add('e', need('e'))
    expect(schedule.start(1_000)).toBeNull()
  })

  test('of commands whose keys are not all known is of such commands alone, and one at a time', () => {
    const schedule = scheduleOf('a')
    for (const name of ['x', 'y', 'x#2']) schedule.add(name, need(name.slice(0, 1), { kind: 'unknown' }))
    schedule.add('x#3', need('x'))
    const [calls, unknown] = [started(schedule), started(schedule)]
    expect([itemsOf(calls), itemsOf(unknown)]).toEqual([['a'], ['x', 'y', 'x#2']])
    schedule.add('z', need('z', { kind: 'unknown' }))
    expect(schedule.claim(unknown, ['a'])).toBe(false)
    expect(schedule.start(0)).toBeNull()
    schedule.end(
      unknown,
      unknown.turns.map(turn => ({ turn, need: need(`${turn.keys.join('')}a`) })),
    )
    expect(itemsOf(schedule.start(0))).toEqual(['z'])
    schedule.end(calls)
    expect(itemsOf(schedule.start(0))).toEqual(['x', 'y', 'x#2', 'x#3'])
  })

  test('leaves a lane to the calls, however many others wait', () => {
    const schedule = scheduleOf()
    for (const key of 'abcd') schedule.add(key.toUpperCase(), need(key, { kind: 'alone' }))
    for (const key of 'efgh') schedule.add(key, need(key, { pace: 'slow' }))
    expect([1, 2, 3, 4].map(() => itemsOf(schedule.start(0)))).toEqual([['A'], ['B'], ['e'], null])
    schedule.add('i', need('i'))
    expect(itemsOf(schedule.start(0))).toEqual(['i'])
  })
})

describe('commands that have met a lock', () => {
  test('run apart: each with those who follow it on its keys, and no others', () => {
    const schedule = scheduleOf('a', 'b', 'bc')
    const batch = started(schedule)
    expect(batch.isOnePart).toBe(false)
    schedule.add('a2', need('a'))
    schedule.add('d', need('d'))
    schedule.end(
      batch,
      batch.turns.map(turn => ({ turn, need: { ...turn, pace: 'apart' } })),
    )
    const parts = [started(schedule), started(schedule), started(schedule)]
    expect(parts.map(itemsOf)).toEqual([['a', 'a2'], ['b', 'bc'], ['d']])
    expect(parts.map(({ isOnePart }) => isOnePart)).toEqual([true, true, true])
  })

  test('return to their positions, before all later ones', () => {
    const schedule = scheduleOf('a', 'b')
    const batch = started(schedule)
    schedule.add('a2', need('a'))
    schedule.add('c', need('c'))
    const [a, b] = batch.turns
    if (a === undefined || b === undefined) throw new Error('two were in it')
    schedule.end(batch, [
      { turn: a, need: need('ac') },
      { turn: b, need: need('b', { pace: 'slow' }) },
    ])
    expect(itemsOf(schedule.start(0))).toEqual(['a', 'a2', 'c'])
    expect(itemsOf(schedule.start(0))).toEqual(['b'])
  })
})

describe('a batch that needs more than it was thought to', () => {
  test('is given a key that nobody has, before those who came later', () => {
    const schedule = scheduleOf('a')
    const batch = started(schedule)
    schedule.add('b', need('b'))
    expect(schedule.claim(batch, ['a', 'b', 'c'])).toBe(true)
    schedule.add('c', need('c'))
    expect(schedule.start(10)).toBeNull()
    schedule.end(batch)
    expect(itemsOf(schedule.start(10))).toEqual(['b', 'c'])
  })

  test('is refused one that another batch has, or that others have waited for since before it', () => {
    const schedule = scheduleOf('a')
    const first = started(schedule)
    schedule.add('ab', need('ab'))
    schedule.add('c', need('c'))
    const second = started(schedule, 10)
    expect(itemsOf(second)).toEqual(['c'])
    expect(schedule.claim(second, ['a'])).toBe(false)
    expect(schedule.claim(second, ['d', 'b'])).toBe(false)
    schedule.add('d', need('d'))
    expect(itemsOf(schedule.start(20))).toEqual(['d'])
    schedule.end(first)
    expect(itemsOf(schedule.start(30))).toEqual(['ab'])
  })
})

test('all that waits can be taken out; what runs goes on', () => {
  const schedule = scheduleOf('a')
  const batch = started(schedule)
  for (const name of ['b', 'a2', '']) schedule.add(name, need(name.slice(0, 1)))
  expect(schedule.takeWaiting()).toEqual(['b', 'a2', ''])
  expect([schedule.waitingCount, schedule.isIdle]).toEqual([0, false])
  schedule.add('a3', need('a'))
  expect(schedule.start(10)).toBeNull()
  schedule.end(batch)
  expect(itemsOf(schedule.start(10))).toEqual(['a3'])
})

/** Numbers below `below`, by chance, but the same each time. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/**
 * A world by chance: commands come, batches start, claim, end and return some. Kept: no key is had by two batches, and
 * each key is given in the order in which its commands came.
 */
function runByChance(seed: number): { readonly done: number; readonly most: number } {
  const below = chance(seed)
  const schedule = new Schedule<number>({
    maxInBatch: 1 + below(6),
    maxRunning: 1 + below(4),
    openAfterMs: below(5),
  })
  const running = new Set<Batch<number>>()
  const keysOf = new Map<number, readonly string[]>()
  const waiting = new Set<number>()
  let [number, done, most] = [0, 0, 0]
  const randomKeys = (): string[] => [
    ...new Set(Array.from({ length: below(4) }, () => 'abcdefgh'.charAt(below(8)))),
  ]
  const randomNeed = (keys: readonly string[]): Need => ({
    keys,
    kind: (['call', 'call', 'call', 'alone', 'unknown'] as const)[below(5)] ?? 'call',
    pace: (['usual', 'usual', 'usual', 'apart', 'slow'] as const)[below(5)] ?? 'usual',
  })
  const check = (isKept: boolean, rule: string): void => {
    if (!isKept) throw new Error(`${rule}, seed ${seed}`)
  }
  const checkOwners = (batch: Batch<number>): void => {
    for (const other of running) {
      if (other === batch) continue
      const keys = new Set(schedule.keysOf(batch))
      for (const key of schedule.keysOf(other)) check(!keys.has(key), 'a key has one owner')
    }
  }
  const checkOrder = (batch: Batch<number>): void => {
    for (const { item } of batch.turns) check(waiting.delete(item), 'each has one turn')
    const last = new Map<string, number>()
    for (const { item, keys } of batch.turns) for (const key of keys) last.set(key, item)
    for (const earlier of waiting)
      for (const key of keysOf.get(earlier) ?? [])
        check(earlier > (last.get(key) ?? -1), 'nobody is overtaken on a key')
  }
  const end = (batch: Batch<number>): void => {
    const returned = batch.turns.filter(() => below(4) === 0)
    running.delete(batch)
    schedule.end(
      batch,
      returned.map(turn => {
        const keys = below(2) === 0 ? turn.keys : [...new Set([...turn.keys, ...randomKeys()])]
        keysOf.set(turn.item, keys)
        waiting.add(turn.item)
        return { turn, need: randomNeed(keys) }
      }),
    )
    done += batch.turns.length - returned.length
  }
  for (let nowMs = 0; nowMs < 400 || !schedule.isIdle; nowMs++) {
    if (nowMs > 5_000) throw new Error('somebody never has his turn')
    for (let count = nowMs < 400 ? below(4) : 0; count > 0; count--) {
      const keys = randomKeys()
      keysOf.set(number, keys)
      waiting.add(number)
      schedule.add(number++, randomNeed(keys))
    }
    for (let batch = schedule.start(nowMs); batch !== null; batch = schedule.start(nowMs)) {
      running.add(batch)
      checkOwners(batch)
      checkOrder(batch)
    }
    most = Math.max(most, running.size)
    if (below(4) === 0)
      schedule.revise('abcdefgh'.charAt(below(8)), ({ item, keys }) => {
        if (below(2) === 0) return null
        const fewer = keys.filter(() => below(2) === 0)
        keysOf.set(item, fewer)
        return randomNeed(fewer)
      })
    for (const batch of [...running]) {
      if (below(3) === 0 && schedule.claim(batch, randomKeys())) checkOwners(batch)
      if (below(3) === 0) end(batch)
    }
  }
  expect([waiting.size, running.size, done]).toEqual([0, 0, number])
  return { done, most }
}

test('whatever comes in whatever order: no key has two owners, none is overtaken on a key, and all have their turn', () => {
  const runs = Array.from({ length: 60 }, (_, seed) => runByChance(seed))
  expect(Math.max(...runs.map(({ most }) => most))).toBe(4)
  expect(Math.min(...runs.map(({ done }) => done))).toBeGreaterThan(300)
})
