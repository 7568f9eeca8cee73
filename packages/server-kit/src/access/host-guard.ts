import { loopbackNames } from './loopback.js'

/**
 * Whether a Host header names this server. A page on the internet may point its own name at 127.0.0.1 and
 * have a browser call us: its name gives it away (DNS rebinding).
 *
 * @param allowedHosts in lower case, beside the loopback's names; IPv6 addresses in brackets
 */
export function isAllowedHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  const name = nameIn(header ?? '')
  return name !== null && (loopbackNames.includes(name) || allowedHosts.includes(name))
}

/** The name in a Host header, without its port; null where there is none. */
function nameIn(header: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d*)?$/i.exec(header)
  return match?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}

/** What browsers say of requests that no page of this origin has made. Another port is another program's page. */
const foreignSites: readonly (string | undefined)[] = ['cross-site', 'same-site']

/** What of a request tells which page sent it. */
export interface PageHeaders {
  readonly origin?: string | undefined
  readonly 'sec-fetch-site'?: string | string[] | undefined
}

/** Whether a request comes from a page of another origin. Programs that are no browsers send neither header. */
export function isForeignPage(headers: PageHeaders, allowedHosts: readonly string[]): boolean {
  const { origin } = headers
  if (foreignSites.includes(oneOf(headers['sec-fetch-site']))) return true
  if (origin === undefined) return false
  return !URL.canParse(origin) || !isAllowedHost(new URL(origin).host, allowedHosts)
}

/** Of a header that came twice, the first: browsers send one. */
export function oneOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header[0]
}
