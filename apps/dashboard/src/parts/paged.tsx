import type { ReactNode } from 'react'
import type { Pages } from '../data/use-pages.js'
import { useLanguage } from '../texts/language-provider.js'
import { FailedNotice, Loading } from './notices.js'

/** A paged list: its rows, an error, and a button for more. An error never shows the empty notice. */
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
  const { t } = useLanguage()
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
          {t(isReadingMore ? 'notices.loadingMore' : 'notices.more')}
        </button>
      )}
    </>
  )
}
