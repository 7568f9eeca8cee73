import { loopbackNames } from './loopback.js'

/**
 * Whether a Host header names this server. Prevents DNS rebinding: a page on the internet may point its own host name
 * at 127.0.0.1 and make a browser call this server.
 *
 * @param allowedHosts in lower case, in addition to the loopback names; IPv6 addresses in brackets
 */
export function isAllowedHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = nameIn(header ?? '')
  return name !== null && (loopbackNames.includes(name) || allowedHosts.includes(name))
}

/** The name in a Host header without its port; null for none. */
function nameIn(header: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d*)?$/i.exec(header)
  return match?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}

/** Values of `Sec-Fetch-Site` for requests of other origins. Another port serves another program's page. */
const foreignSites: readonly (string | undefined)[] = ['cross-site', 'same-site']

/** The headers that identify the page of a request. */
export interface PageHeaders {
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: string | string[] | undefined
}

/** Whether a request is from a page of another origin. Clients other than browsers send neither header. */
export function isForeignPage(headers: PageHeaders, allowedHosts: readonly string[]): boolean {
  const { origin } = headers
  if (foreignSites.includes(oneOf(headers['sec-fetch-site']))) return true
  if (origin === undefined) return false
  return !URL.canParse(origin) || !isAllowedHost(new URL(origin).host, allowedHosts)
}

/** The first value of a repeated header; browsers send one. */
export function oneOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header[0]
}
