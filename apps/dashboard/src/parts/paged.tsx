import type { ReactNode } from 'react'
import type { Pages } from '../data/use-pages.js'
import { FailedNotice, Loading } from './notices.js'

/** A list that is read page by page: what there is of it, what went wrong, and the way to more. Never empty and failed. */
export function Paged<Row>({
  what,
  pages,
  empty,
  children,
}: {
  /** `requests`. */
  readonly what: string
  readonly pages: Pages<Row>
  readonly empty: ReactNode
  readonly children: (rows: readonly Row[]) => ReactNode
}) {
  const { rows, error, hasMore, isReadingMore, readMore } = pages
  return (
    <>
      {error !== null && (
        <FailedNotice what={`${what.charAt(0).toUpperCase()}${what.slice(1)}`} error={error} />
      )}
      {rows === undefined
        ? error === null && <Loading what={what} />
        : rows.length > 0
          ? children(rows)
          : error === null && empty}
      {hasMore && (
        <button type="button" className="button more" disabled={isReadingMore} onClick={readMore}>
          {isReadingMore ? 'Reading …' : 'Show more'}
        </button>
      )}
    </>
  )
}
