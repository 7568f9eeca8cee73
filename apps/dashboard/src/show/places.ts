import type { Translate } from '../texts/translate.js'
import { namedBy } from './address.js'

/** The pages of the navigation, by path, with the keys of their names in the texts of `shell`. */
export const places = [
  ['/', 'overview'],
  ['/keys', 'keys'],
  ['/routing', 'routing'],
  ['/try', 'try'],
  ['/consumers', 'consumers'],
  ['/requests', 'requests'],
  ['/usage', 'usage'],
  ['/performance', 'performance'],
  ['/alerts', 'alerts'],
] as const

const product = 'Quotakeeper'

/**
 * The title of the page at a path, which names it first, for tabs and histories.
 * @param pathname without the prefix, encoded
 * @param consumer that the session is bound to, whose page is at `/`; null for none
 */
export function titleOf(t: Translate, pathname: string, consumer: string | null): string {
  return `${nameAt(t, pathname, consumer)} · ${product}`
}

export function signInTitle(t: Translate): string {
  return `${t('shell.signIn')} · ${product}`
}

function nameAt(t: Translate, pathname: string, consumer: string | null): string {
  if (pathname === '/' && consumer !== null) return consumer
  const place = places.find(([path]) => path === pathname)
  if (place !== undefined) return t(`shell.${place[1]}`)
  if (pathname === '/calls') return t('shell.calls')
  const name = namedBy(pathname)
  const isNamed = name !== '' && pathname.split('/').length === 3
  if (isNamed && /^\/(?:providers|consumers)\//.test(pathname)) return name
  if (isNamed && pathname.startsWith('/requests/')) return t('shell.requestOf', { id: name })
  return t('shell.notFound')
}
