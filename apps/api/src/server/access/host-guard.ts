import { loopbackNames } from './loopback.js'

/**
 * Whether a Host header names this server. A page on the internet may point its own name at 127.0.0.1 and
 * have a browser call us: its name gives it away (DNS rebinding).
 *
 * @param allowedHosts in lower case, beside the loopback's names; IPv6 addresses in brackets
 */
export function isAllowedHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = hostName(header ?? '')
  return name !== null && (loopbackNames.includes(name) || allowedHosts.includes(name))
}

/** The name in a Host header, without its port; null where there is none. */
function hostName(header: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d*)?$/i.exec(header)
  return match?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}
