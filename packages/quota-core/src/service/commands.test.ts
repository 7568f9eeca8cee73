import { expect, test } from 'vitest'
import { parse } from '../input/parse.js'
import { type AcquireInput, acquireSchema, type ReserveInput, reserveSchema } from '../input/quota-input.js'
import { acquireCommand, reserveCommand } from './commands.js'

const reserveHash = (input: Partial<ReserveInput>): string =>
  reserveCommand(parse(reserveSchema, { providerName: 'groq_1', ...input }), 'id').hash
const acquireHash = (input: AcquireInput): string =>
  acquireCommand(parse(acquireSchema, input), { id: 'id', candidates: [], turn: 0 }).hash

test('hashes of requests that say nothing of prices are those of earlier releases', () => {
  expect(reserveHash({})).toBe('JwdF1AM7FdVpZAoMgYrUVc')
  expect(
    acquireHash({ model: 'm', candidates: [{ providerName: 'a' }, { providerName: 'b', model: 'n' }] }),
  ).toBe('usvD3EKy6OtPomaFR39E1x')
  expect(reserveHash({ costMicroUsd: 0, priceKnown: true })).toBe(reserveHash({}))
})

test('prices are a part of the payload', () => {
  const candidate = { providerName: 'a' }
  const hashes = [
    acquireHash({ candidates: [candidate] }),
    acquireHash({ candidates: [candidate], priceKnown: false }),
    acquireHash({ candidates: [{ ...candidate, costMicroUsd: 1 }] }),
    acquireHash({ candidates: [{ ...candidate, costMicroUsd: 1 }], priceKnown: false }),
    acquireHash({ candidates: [{ ...candidate, costMicroUsd: 1, priceKnown: false }] }),
    acquireHash({ candidates: [{ ...candidate, costMicroUsd: 2 }] }),
    acquireHash({ candidates: [{ ...candidate, costMicroUsd: 2, atLeastCostMicroUsd: 1 }], atLeast: {} }),
    reserveHash({}),
    reserveHash({ priceKnown: false }),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
})
