import { isIPv6 } from 'node:net'

/**
 * Prefixes of IPv6 addresses with an IPv4 address in the last two groups: mapped, as reported by dual-stack sockets,
 * and translated (RFC 6052, 2.1).
 */
const withIpv4 = new Set(['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'])

/**
 * The unit for counting attempts: an IPv4 address, or an IPv6 network of 64 bits, since one host may use all 2^64
 * addresses of it (RFC 4291, 2.5.4; RFC 6177). Other text is returned unchanged.
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

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  // As in RFC 5952, except that an embedded IPv4 address is hexadecimal too.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = '', after] = canonical.split('::')
  const front = before === '' ? [] : before.split(':')
  const back = after === undefined || after === '' ? [] : after.split(':')
  return [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
}
