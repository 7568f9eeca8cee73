import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useLanguage } from '../texts/language-provider.js'

/**
 * The frame of a table. On narrow screens each row is a card, whose cells are named by their column; otherwise a table
 * that is too wide scrolls, also by keyboard.
 */
export function TableFrame({ children }: { readonly children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null)
  const { t } = useLanguage()
  const [scrolls, setScrolls] = useState(false)
  useLayoutEffect(() => nameCells(frame.current))
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(() =>
      setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight),
    )
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <div
      ref={frame}
      className="table-frame"
      {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': t('notices.scrolls') } : {})}
    >
      {children}
    </div>
  )
}

/** Writes the name of its column into each cell, for the style sheet. */
function nameCells(frame: HTMLElement | null): void {
  for (const table of frame?.querySelectorAll('table') ?? []) {
    const names = [...(table.tHead?.rows[0]?.cells ?? [])].map(cell => cell.textContent ?? '')
    for (const body of table.tBodies)
      for (const row of body.rows)
        for (const [index, cell] of [...row.cells].entries())
          if (row.cells.length === names.length) cell.dataset['column'] = names[index] ?? ''
  }
}
