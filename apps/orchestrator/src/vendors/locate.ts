/**
 * The path and query of a call.
 *
 * @param at where its provider is: `query` with its `?`, or empty
 * @param path relative to that, with or without a slash before it; `../` for what lies beside it, which ends at the
 *   root; with a query or without
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
