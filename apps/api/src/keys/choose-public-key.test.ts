import { expect, test } from 'vitest'
import { choosePublicKey } from './choose-public-key.js'

const keyOf = (id: string) => ({ id, publicKey: `public ${id}` })
const offer = (gateway: string, ...ids: readonly string[]) => ({ gateway, publicKeys: ids.map(keyOf) })

test('the first key of the newest offer that every gateway can open seals', () => {
  expect(choosePublicKey([offer('a', 'new', 'old')]).key).toEqual(keyOf('new'))
  // While gateways are restarted with another secret first.
  expect(choosePublicKey([offer('a', 'new', 'old'), offer('b', 'old')]).key).toEqual(keyOf('old'))
})

test('without one, the reason names the gateways and the variable', () => {
  expect(choosePublicKey([]).reason).toMatch(/no gateway is running.*QUOTA_SEALING_KEY/)
  expect(choosePublicKey([offer('a', 'x'), offer('b:4100')]).reason).toMatch(/b:4100 cannot open them/)
  expect(choosePublicKey([offer('a', 'x'), offer('b', 'y')]).reason).toMatch(
    /a, b have no sealing key in common/,
  )
})
