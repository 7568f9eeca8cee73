import { expect, test } from 'vitest'
import { CallsUnderWay } from './calls-under-way.js'

const candidates = ['a', 'b', 'c'].map(name => ({ provider: provider(name), model: 'm' }))

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
  const first = (): string => underWay.fewestFirst(candidates)[0]?.provider.name ?? ''
  const begin = (name: string): (() => void) => underWay.begin({ provider: provider(name), model: 'm' })
  const endOfA = begin('a')
  expect(first()).toBe('b')
  begin('b')
  expect(first()).toBe('c')
  begin('c')
  expect(first()).toBe('a')
  endOfA()
  begin('b')
  expect(underWay.fewestFirst(candidates).map(candidate => candidate.provider.name)).toEqual(['a', 'c', 'b'])
})
