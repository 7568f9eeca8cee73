/** The path under which the server serves the page, `/quota`; '' for the root. */
export const pathPrefix: string =
  document.querySelector<HTMLMetaElement>('meta[name="path-prefix"]')?.content ?? ''

/** The address of a path of the server. */
export function addressOf(path: string): string {
  return `${pathPrefix}${path}`
}

/** The path of the address without the prefix, encoded. */
export function ownPath(): string {
  const { pathname } = window.location
  return isPrefixed(pathname) ? pathname.slice(pathPrefix.length) || '/' : pathname
}

/** Puts an address without the prefix, of a reader who is not behind the proxy, under it: the server answers both. */
export function enterPrefix(): void {
  const { pathname, search, hash } = window.location
  if (!isPrefixed(pathname)) window.history.replaceState(null, '', addressOf(`${pathname}${search}${hash}`))
}

function isPrefixed(pathname: string): boolean {
  return `${pathname}/`.startsWith(`${pathPrefix}/`)
}
