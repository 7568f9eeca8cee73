/** Names of cloud metadata services, which return a machine's credentials. */
const metadataNames: readonly string[] = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]

/**
 * Addresses of metadata services that are not link-local: Alibaba Cloud, Oracle Cloud, Azure's wire server.
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata,
 * https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16, looked up on 2026-11-28
 */
const metadataAddresses: readonly string[] = ['100.100.100.200', '192.0.0.192', '168.63.129.16']

/**
 * Whether a URL's host is link-local or a cloud metadata service. No vendor is there, and a caller who can set
 * addresses could read credentials. Pass the host as returned by `new URL`, which normalises every notation of an IPv4
 * address: decimal, octal, hexadecimal, with a final dot. Also finds IPv4 addresses embedded in IPv6 ones.
 */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  if (metadataNames.includes(host)) return true
  const address = host.includes(':') ? parseIpv6(host) : null
  if (address === null) return isMetadataIpv4(host)
  const [first = 0, second = 0] = address
  // fe80::/10, and fd00:ec2::/32 of Amazon.
  if ((first & 0xffc0) === 0xfe80 || (first === 0xfd00 && second === 0x0ec2)) return true
  return embeddedIpv4(address).some(isMetadataIpv4)
}

/** Whether a URL's host, as returned by `new URL`, is this machine: a loopback or unspecified address. */
export function isThisMachine(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const address = host.includes(':') ? parseIpv6(host) : null
  if (address === null) return isOwnIpv4(host)
  const isShort = address.slice(0, 7).every(group => group === 0)
  if (isShort && (address[7] ?? 0) <= 1) return true
  return embeddedIpv4(address).some(isOwnIpv4)
}

function isMetadataIpv4(address: string): boolean {
  // Also within names: public DNS resolves 169.254.169.254.nip.io to that address.
  return /(?:^|[.-])169[.-]254[.-]\d/.test(address) || metadataAddresses.includes(address)
}

function isOwnIpv4(address: string): boolean {
  return /^(?:127|0)\.\d+\.\d+\.\d+$/.test(address)
}

/** The eight groups of an address as written by `new URL`: hexadecimal, without a zone. */
function parseIpv6(host: string): readonly number[] | null {
  const [head = '', tail] = host.split('::')
  const groupsOf = (part: string): number[] =>
    part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16))
  const front = groupsOf(head)
  const back = groupsOf(tail ?? '')
  const missing = 8 - front.length - back.length
  if (missing < 0 || (tail === undefined && missing !== 0)) return null
  return [...front, ...Array.from({ length: missing }, () => 0), ...back]
}

/** Embedded IPv4 addresses: mapped and compatible, NAT64, 6to4. */
function embeddedIpv4(address: readonly number[]): readonly string[] {
  const dotted = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const last = dotted(address[6], address[7])
  const found: string[] = []
  const isMapped = address.slice(0, 5).every(group => group === 0) && [0, 0xffff].includes(address[5] ?? 0)
  if (isMapped) found.push(last)
  if (address[0] === 0x64 && address[1] === 0xff9b) found.push(last)
  if (address[0] === 0x2002) found.push(dotted(address[1], address[2]))
  return found
}
