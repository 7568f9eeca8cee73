import { expect, test } from 'vitest'
import { CallsUnderWay } from './calls-under-way.js'

const candidates = ['a', 'b', 'c'].map(name => ({ provider: provider(name), model: 'm' }))

const nowMs = Date.UTC(2026, 10, 25)

function provider(name: string) {
  return {
    name,
    vendor: 'custom',
    models: ['*'],
    origin: 'http://127.0.0.1:9',
    basePath: '/v1',
    query: '',
    key: null,
    facts: {
      acceptsStreamOptions: true,
      countsRefusals: false,
      keyHeader: { name: 'authorization', prefix: 'Bearer ' },
    },
  }
}

test('a burst is spread over equals, and calls one after the other go to the first', () => {
  const underWay = new CallsUnderWay()
  const first = (): string => underWay.fewestFirst(candidates, nowMs)[0]?.provider.name ?? ''
  const begin = (name: string): (() => void) => underWay.begin({ provider: provider(name), model: 'm' })
  const endOfA = begin('a')
  expect(first()).toBe('b')
  begin('b')
  expect(first()).toBe('c')
  begin('c')
  expect(first()).toBe('a')
  endOfA()
  begin('b')
  expect(underWay.fewestFirst(candidates, nowMs).map(candidate => candidate.provider.name)).toEqual([
    'a',
    'c',
    'b',
  ])
})

test('who has just refused comes last for a moment, whatever the others have to do', () => {
  const underWay = new CallsUnderWay()
  const names = (atMs: number): readonly string[] =>
    underWay.fewestFirst(candidates, atMs).map(candidate => candidate.provider.name)
  underWay.begin({ provider: provider('b'), model: 'm' })
  underWay.refused({ provider: provider('a'), model: 'm' }, nowMs)
  underWay.refused({ provider: provider('c'), model: 'other' }, nowMs)
  expect(names(nowMs + 999)).toEqual(['c', 'b', 'a'])
  expect(names(nowMs + 1_000)).toEqual(['a', 'c', 'b'])
})
