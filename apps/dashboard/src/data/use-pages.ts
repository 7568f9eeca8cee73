import { useInfiniteQuery } from '@tanstack/react-query'

/** A list of the API's, page by page. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextCursor: string | null
}

interface PagesOptions<Row> {
  /** What the list is, with everything that it is asked by. */
  readonly key: readonly unknown[]
  readonly read: (cursor: string | undefined) => Promise<Page<Row>>
  /** How often the first page is read anew, while it is the only one. */
  readonly everyMs: number
}

/** What a list shows so far, and the way to more of it. */
export interface Pages<Row> {
  /** Undefined until the first page is there. */
  readonly rows: readonly Row[] | undefined
  readonly error: Error | null
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
}

/**
 * Reads a list page by page. Not by the integration's own options for that: they send a field beside the cursor
 * that says in which direction to read, which the API, strict as it is, refuses.
 */
export function usePages<Row>({ key, read, everyMs }: PagesOptions<Row>): Pages<Row> {
  const pages = useInfiniteQuery({
    queryKey: ['pages', ...key],
    queryFn: ({ pageParam }) => read(pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.nextCursor,
    refetchInterval: query => ((query.state.data?.pages.length ?? 0) > 1 ? false : everyMs),
  })
  return {
    rows: pages.data?.pages.flatMap(page => page.rows),
    error: pages.error,
    hasMore: pages.hasNextPage,
    isReadingMore: pages.isFetchingNextPage,
    readMore: () => void pages.fetchNextPage(),
  }
}
