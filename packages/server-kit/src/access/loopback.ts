import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Host names of this machine's loopback. */
export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Whether an address to listen on can be reached only from this machine. The only such name is `localhost`.
 *
 * @param host in any letter case, an IPv6 address with or without brackets
 */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const family = isIP(address)
  if (family === 0) return address === 'localhost'
  return loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
