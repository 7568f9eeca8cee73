import { namedBy } from './address.js'

/** The pages of the navigation, by path. */
export const places = [
  ['/', 'Overview'],
  ['/keys', 'Keys'],
  ['/routing', 'Routing'],
  ['/try', 'Try'],
  ['/consumers', 'Consumers'],
  ['/requests', 'Requests'],
  ['/usage', 'Usage'],
  ['/performance', 'Performance'],
  ['/alerts', 'Alerts'],
] as const

const product = 'Quotakeeper'

/**
 * The title of the page at a path, which names it first, for tabs and histories.
 * @param pathname without the prefix, encoded
 * @param consumer that the session is bound to, whose page is at `/`; null for none
 */
export function titleOf(pathname: string, consumer: string | null): string {
  return `${nameAt(pathname, consumer)} · ${product}`
}

export const signInTitle = `Sign in · ${product}`

function nameAt(pathname: string, consumer: string | null): string {
  if (pathname === '/' && consumer !== null) return consumer
  const place = places.find(([path]) => path === pathname)
  if (place !== undefined) return place[1]
  if (pathname === '/calls') return 'Calls'
  const name = namedBy(pathname)
  const isNamed = name !== '' && pathname.split('/').length === 3
  if (isNamed && /^\/(?:providers|consumers)\//.test(pathname)) return name
  if (isNamed && pathname.startsWith('/requests/')) return `Request ${name}`
  return 'Page not found'
}
