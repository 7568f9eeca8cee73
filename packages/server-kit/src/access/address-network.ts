import { isIPv6 } from 'node:net'

/** IPv4 within IPv6, its last two groups: mapped, as a socket for both tells it, and translated (RFC 6052, 2.1). */
const withIpv4 = new Set(['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'])

/**
 * What counts as one address: an IPv4 address; of IPv6 the network of 64 bits, of which one host has all the 2^64 (RFC
 * 4291, 2.5.4; RFC 6177). What is no address stays as it is.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  const groups = groupsOf(plain)
  if (!withIpv4.has(groups.slice(0, 6).join(':'))) return `${groups.slice(0, 4).join(':')}::/64`
  const bytes = groups.slice(6).flatMap(group => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  return bytes.join('.')
}

/** The eight groups of an IPv6 address, in their shortest form. */
function groupsOf(address: string): readonly string[] {
  // In the one form of RFC 5952, but that IPv4 within is in hexadecimal as well.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = '', after] = canonical.split('::')
  const front = before === '' ? [] : before.split(':')
  const back = after === undefined || after === '' ? [] : after.split(':')
  return [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
}
