import { expect, test } from 'vitest'
import { networkOf } from './address-network.js'
import { FailedAttempts } from './failed-attempts.js'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['64:ff9b::192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1::1', '2001:db8:1:0::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['', ''],
  ['no address', 'no address'],
])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network))

test('wrong tokens from all IPv6 addresses of one host count together, and those of other hosts do not', async () => {
  const attempts = new FailedAttempts(() => 0)
  const from = (host: number) => `2001:db8:1:2::${host.toString(16)}`
  for (let host = 1; host <= 200; host++) {
    // Waiting attempts are concurrent, until one more is refused.
    const wrong = Array.from({ length: 8 }, () => attempts.attempt(from(host), false))
    if ((await Promise.all(wrong)).includes(false)) {
      expect(host).toBeGreaterThan(1)
      expect(await attempts.attempt('2001:db8:1:3::1', false)).toBe(true)
      return
    }
  }
  throw new Error('no attempt was delayed')
})
