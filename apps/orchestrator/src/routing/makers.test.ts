import { expect, test } from 'vitest'
import { Makers } from './makers.js'

const a = { name: 'a', vendor: 'openai', pool: 'org' }
const b = { name: 'b', vendor: 'openai', pool: 'org' }
const c = { name: 'c', vendor: 'openai', pool: null }
const d = { name: 'd', vendor: 'groq', pool: 'org' }

test('what a key has made is its own, and that of keys of its pool, but not of others of its vendor', () => {
  const makers = new Makers()
  makers.add(['resp_1'], a, null)
  expect([a, b, c, d].map(provider => makers.of('resp_1', provider))).toEqual([
    'own',
    'own',
    'vendor',
    'other',
  ])
  expect([makers.of('resp_2', a), makers.nameOf('resp_1', null), makers.nameOf('resp_2', null)]).toEqual([
    'unknown',
    'a',
    null,
  ])
})

test('no more than 50,000 are kept, the newest, and no long ones', () => {
  const makers = new Makers()
  const marks = Array.from({ length: 50_002 }, (_, place) => `mark-${place}`)
  makers.add(marks, a, null)
  makers.add(['x'.repeat(301)], a, null)
  expect(
    ['mark-0', 'mark-1', 'mark-2', 'mark-50001', 'x'.repeat(301)].map(mark => makers.nameOf(mark, null)),
  ).toEqual([null, null, 'a', 'a', null])
})

test('a client of a consumer refers to what was made for that consumer alone, an operator to everything', () => {
  const makers = new Makers()
  makers.add(['resp_1'], a, 'acme')
  makers.add(['resp_2'], a, null)
  expect(['acme', 'globex', null].map(consumer => makers.nameOf('resp_1', consumer))).toEqual([
    'a',
    null,
    'a',
  ])
  expect(makers.nameOf('resp_2', 'acme')).toBeNull()
})
