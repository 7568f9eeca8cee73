import { loopbackNames } from './loopback.js'

/**
 * Whether a Host header names this gateway. A page on the internet may point its own name at 127.0.0.1 and
 * have a browser call us: its name gives it away (DNS rebinding).
 *
 * @param allowedHosts in lower case, beside the loopback's names; IPv6 addresses in brackets
 */
export function isAllowedHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d*)?$/i.exec(header ?? '')
  const name = match?.[1]?.toLowerCase().replace(/\.$/, '')
  return name !== undefined && (loopbackNames.includes(name) || allowedHosts.includes(name))
}

/** Whether a request comes from a page that this gateway does not serve, which is every page. */
export function isForeignPage(
  headers: {
    readonly origin?: string | undefined
    readonly 'sec-fetch-site'?: string | string[] | undefined
  },
  allowedHosts: readonly string[],
): boolean {
  const site = headers['sec-fetch-site']
  // Another port of this host is another program's page.
  if (site === 'cross-site' || site === 'same-site') return true
  const { origin } = headers
  if (origin === undefined) return false
  return !URL.canParse(origin) || !isAllowedHost(new URL(origin).host, allowedHosts)
}
