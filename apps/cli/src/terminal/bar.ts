/** How full something is: the parts of it that are spent and promised, in its own units. */
export interface Filling {
  readonly spent: number
  readonly held: number
  readonly max: number
}

/**
 * A bar of so many cells: `█` spent, `▒` held by calls in flight, `░` left. Anything above nothing shows, and
 * what is not quite full never looks full.
 */
export function bar({ spent, held, max }: Filling, width: number): string {
  if (max <= 0) return '█'.repeat(width)
  const full = cellsOf(spent, max, width)
  const taken = Math.max(full + (held > 0 && full < width ? 1 : 0), cellsOf(spent + held, max, width))
  return '█'.repeat(full) + '▒'.repeat(taken - full) + '░'.repeat(width - taken)
}

function cellsOf(part: number, max: number, width: number): number {
  if (part <= 0) return 0
  if (part >= max) return width
  return Math.min(width - 1, Math.max(1, Math.round((part / max) * width)))
}
