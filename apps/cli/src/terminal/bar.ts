/** The spent and held units of a limit. */
export interface Filling {
  readonly spent: number
  readonly held: number
  readonly max: number
}

/**
 * A bar of `width` cells: `█` spent, `▒` held by calls in flight, `░` left. Any amount above 0 is visible, and only a
 * full limit looks full.
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
