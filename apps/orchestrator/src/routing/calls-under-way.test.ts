import { expect, test } from 'vitest'
import { CallsUnderWay } from './calls-under-way.js'
import type { Rejection } from './rejection.js'

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
    keyVariable: null,
    keyFingerprint: null,
    enabled: true,
    pool: null,
    endpoints: new Map(),
    facts: {
      acceptsStreamOptions: true,
      countsRefusals: false,
      keyHeader: { name: 'authorization', prefix: 'Bearer ' },
    },
  }
}

function refusal(retryAtMs: number | null): Rejection {
  return {
    kind: 'refused',
    providerName: 'a',
    model: 'm',
    httpStatus: 429,
    tooLarge: false,
    retryAtMs,
    words: '',
  }
}

test('a burst is spread over equal keys, and sequential calls go to the first', () => {
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

test('a key that has just refused comes last for a moment, whatever the load of others', () => {
  const underWay = new CallsUnderWay()
  const names = (atMs: number): readonly string[] =>
    underWay.fewestFirst(candidates, atMs).map(candidate => candidate.provider.name)
  underWay.begin({ provider: provider('b'), model: 'm' })
  const model = 'm'
  underWay.refused({ provider: provider('a'), model }, refusal(null), nowMs)
  underWay.refused({ provider: provider('c'), model: 'other' }, refusal(null), nowMs)
  expect(names(nowMs + 999)).toEqual(['c', 'b', 'a'])
  expect(names(nowMs + 1_000)).toEqual(['a', 'c', 'b'])
})

test('a key with a stated return is skipped for a second, even if the clock jumps', () => {
  const underWay = new CallsUnderWay()
  const a = { provider: provider('a'), model: 'm' }
  const b = { provider: provider('b'), model: 'm' }
  const reported = refusal(nowMs)
  underWay.refused(a, reported, nowMs)
  underWay.refused(b, refusal(null), nowMs)
  expect(underWay.restOf(a, nowMs + 999)).toBe(reported)
  expect(underWay.restOf(b, nowMs)).toBeNull()
  expect(underWay.restOf({ ...a, model: 'other' }, nowMs)).toBeNull()
  expect(underWay.restOf(a, nowMs - 3_600_000)).toBeNull()
  underWay.refused(a, reported, nowMs)
  expect(underWay.restOf(a, nowMs + 1_000)).toBeNull()
})
