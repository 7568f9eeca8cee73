import type { Look, Paint } from './paint.js'
import { cutTo, stripControls, widthOf } from './text-width.js'

/** A column, and how it is shortened on narrow terminals. */
export interface Column {
  readonly header: string
  readonly align?: 'left' | 'right'
  /** May be truncated, down to eight cells. */
  readonly mayShrink?: boolean
  /** Order in which columns are dropped if there is no room, highest first; never unless given. */
  readonly dropFirst?: number
}

/** Text, or styled text. */
export type Cell = string | { readonly text: string; readonly look: Look | null }

export interface TableOptions {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Cells of a line; null for unlimited. */
  readonly width: number | null
  readonly paint: Paint
}

const gap = '  '
const narrowest = 8

/** The table as lines, header first, none wider than `width` unless the minimum does not fit. */
export function tableLines({ columns, rows, width, paint }: TableOptions): readonly string[] {
  const texts = rows.map(row => row.map(cell => stripControls(typeof cell === 'string' ? cell : cell.text)))
  const natural = columns.map((column, index) =>
    texts.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), widthOf(column.header)),
  )
  const widths = fit(columns, natural, width)
  const line = (cells: readonly string[], lookAt: (index: number) => Look | null): string => {
    const shown = columns.flatMap((column, index) => {
      const room = widths[index] ?? null
      if (room === null) return []
      const text = cutTo(cells[index] ?? '', room)
      const padding = ' '.repeat(Math.max(0, room - widthOf(text)))
      const painted = paint(lookAt(index), text)
      return [column.align === 'right' ? padding + painted : painted + padding]
    })
    return shown.join(gap).trimEnd()
  }
  return [
    line(
      columns.map(column => column.header),
      () => 'dim',
    ),
    ...texts.map((row, rowIndex) =>
      line(row, index => {
        const cell = rows[rowIndex]?.[index]
        return cell === undefined || typeof cell === 'string' ? null : cell.look
      }),
    ),
  ]
}

/** The width of each column; null for a dropped one. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  width: number | null,
): readonly (number | null)[] {
  const widths: (number | null)[] = [...natural]
  if (width === null) return widths
  const least = (index: number): number => {
    const own = natural[index] ?? 0
    return columns[index]?.mayShrink === true ? Math.min(own, narrowest) : own
  }
  const dispensable = columns
    .map((column, index) => ({ index, rank: column.dropFirst ?? 0 }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
  for (const { index } of dispensable) {
    if (sumOf(widths.map((own, at) => (own === null ? null : least(at)))) <= width) break
    widths[index] = null
  }
  // Each round shrinks the widest column by a cell, so that widths become equal; bounded by the initial sum.
  for (let excess = sumOf(widths) - width; excess > 0; excess -= 1) {
    const widest = widestOf(widths, index => columns[index]?.mayShrink === true)
    if (widest === null) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function widestOf(widths: readonly (number | null)[], mayShrink: (index: number) => boolean): number | null {
  let found: number | null = null
  for (const [index, own] of widths.entries()) {
    if (own === null || own <= narrowest || !mayShrink(index)) continue
    if (found === null || own > (widths[found] ?? 0)) found = index
  }
  return found
}

function sumOf(widths: readonly (number | null)[]): number {
  const shown = widths.filter(own => own !== null)
  return shown.reduce((sum, own) => sum + own, 0) + gap.length * Math.max(0, shown.length - 1)
}
