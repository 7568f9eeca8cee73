import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'

const beyondView = 6

interface VirtualListProps<Row> {
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Height of a row in pixels, until it is measured. */
  readonly likelyHeight: number
  readonly className: string
  readonly rowClassName: string
  /** A word for the style sheet. */
  readonly toneOf?: (row: Row) => string
  readonly children: (row: Row) => ReactNode
}

/** A list in the page's own flow, of which only the rows in view, and some beyond, are rendered. */
export function VirtualList<Row>({
  rows,
  keyOf,
  likelyHeight,
  className,
  rowClassName,
  toneOf,
  children,
}: VirtualListProps<Row>) {
  const list = useRef<HTMLUListElement>(null)
  const top = useTop(list)
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => likelyHeight,
    overscan: beyondView,
    scrollMargin: top,
    getItemKey: index => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
  })
  return (
    <ul ref={list} className={className} style={{ height: `${virtual.getTotalSize()}px` }}>
      {virtual.getVirtualItems().map(item => {
        const row = rows[item.index]
        if (row === undefined) return null
        return (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className={rowClassName}
            data-tone={toneOf?.(row)}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            {children(row)}
          </li>
        )
      })}
    </ul>
  )
}

/** How far from the start of the page the list begins, also after what is above it has grown. */
function useTop(list: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = (): void => {
      const element = list.current
      if (element !== null) setTop(Math.round(element.getBoundingClientRect().top + window.scrollY))
    }
    measure()
    const watcher = new ResizeObserver(measure)
    watcher.observe(document.body)
    return () => watcher.disconnect()
  }, [list])
  return top
}
