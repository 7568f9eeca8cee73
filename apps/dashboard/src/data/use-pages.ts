import { useInfiniteQuery } from '@tanstack/react-query'

/** A page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextCursor: string | null
}

interface PagesOptions<Row> {
  /** Query key: the list and its filters. */
  readonly key: readonly unknown[]
  readonly read: (cursor: string | undefined) => Promise<Page<Row>>
  /** Refetch interval while only the first page is loaded. */
  readonly everyMs: number
}

/** The loaded rows of a list, and how to load more. */
export interface Pages<Row> {
  /** Undefined until the first page is loaded. */
  readonly rows: readonly Row[] | undefined
  readonly error: Error | null
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
}

/**
 * Reads a list page by page. The tRPC integration's infinite queries are not used: they send a `direction` field, which
 * the strict API refuses.
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
