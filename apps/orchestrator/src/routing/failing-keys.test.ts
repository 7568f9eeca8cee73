import { expect, test } from 'vitest'
import { FailingKeys } from './failing-keys.js'
import type { Candidate } from './resolve-model.js'

/** Of a candidate, what is compared. */
const candidateOf = (name: string, model = 'm'): Candidate => ({ provider: { name }, model }) as Candidate
const [a, b] = [candidateOf('a'), candidateOf('b')]
const startMs = Date.UTC(2026, 10, 25)

/** Whether `a` comes after `b` at the end of each of these seconds. */
function failingAt(keys: FailingKeys, seconds: readonly number[]): readonly boolean[] {
  return seconds.map(second => !keys.wellOf([a, b], startMs + second * 1_000).includes(a))
}

test('a key that has failed comes after the others for 5 s, twice as long each further time, at most a minute', () => {
  const keys = new FailingKeys()
  keys.failed(a, null, startMs)
  expect(failingAt(keys, [0, 4, 5])).toEqual([true, true, false])
  keys.failed(a, null, startMs)
  expect(failingAt(keys, [9, 10])).toEqual([true, false])
  for (let times = 0; times < 100; times++) keys.failed(a, null, startMs)
  expect(failingAt(keys, [59, 60])).toEqual([true, false])
  keys.answered(a)
  expect(failingAt(keys, [0])).toEqual([false])
  keys.failed(a, null, startMs)
  expect(failingAt(keys, [4, 5])).toEqual([true, false])
})

test('the vendor’s own word of its return counts, up to a minute', () => {
  const keys = new FailingKeys()
  keys.failed(a, startMs + 2_000, startMs)
  expect(failingAt(keys, [1, 2])).toEqual([true, false])
  keys.failed(a, startMs + 3_600_000, startMs)
  expect(failingAt(keys, [59, 60])).toEqual([true, false])
})

test('while one request tries it again, the others do not', () => {
  const keys = new FailingKeys()
  keys.failed(a, null, startMs)
  keys.called(a, startMs + 6_000)
  expect(failingAt(keys, [10, 11])).toEqual([true, false])
  // A call of one that is well is none to wait for.
  keys.called(b, startMs)
  expect(keys.wellOf([b], startMs)).toEqual([b])
})

test('if all fail, all are called, and another model of a key is another matter', () => {
  const keys = new FailingKeys()
  for (const candidate of [a, b]) keys.failed(candidate, null, startMs)
  expect(keys.wellOf([a, b], startMs)).toEqual([a, b])
  const other = candidateOf('a', 'other')
  expect(keys.wellOf([a, other], startMs)).toEqual([other])
})

test('a clock that is set back keeps nobody behind, and the number of keys is bounded', () => {
  const keys = new FailingKeys()
  keys.failed(a, null, startMs)
  expect(failingAt(keys, [-3_600])).toEqual([false])
  for (let number = 0; number < 1_000; number++) keys.failed(candidateOf(`${number}`), null, startMs)
  expect(failingAt(keys, [0])).toEqual([false])
})
