/**
 * Builds the path and query of a call.
 *
 * @param at the provider's address: `query` with its `?`, or empty
 * @param path relative to it, with or without a leading slash; `../` for the parent, at most the root; with or without
 * a query
 */
export function locate(at: { readonly basePath: string; readonly query: string }, path: string): string {
  const mark = path.indexOf('?')
  let place = (mark === -1 ? path : path.slice(0, mark)).replace(/^\/+/, '')
  let base = at.basePath
  while (place.startsWith('../')) {
    base = base.slice(0, Math.max(base.lastIndexOf('/'), 0))
    place = place.slice('../'.length)
  }
  const queries = [at.query.slice(1), mark === -1 ? '' : path.slice(mark + 1)].filter(query => query !== '')
  return `${base}/${place}${queries.length === 0 ? '' : `?${queries.join('&')}`}`
}
