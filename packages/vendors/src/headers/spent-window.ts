import type { Clock } from '../read/clock.js'
import type { HeaderValues } from './header-values.js'
import { parseResetMs } from './parse-reset.js'

/** The headers of a window that is reported as spent or not, without its units: their names in lower case. */
export interface SpentWindowHeaders {
  /** The header that reports whether the window is spent, and its value if so. */
  readonly state: string
  readonly spent: RegExp
  /** The headers that state when it returns, in any form; the first given one counts. */
  readonly resets: readonly string[]
  /** Whether it applies only to the called model. False unless given. */
  readonly perModel?: boolean
}

/** Spent windows of an answer. */
export interface SpentWindow {
  /** Whole milliseconds from the response until all of them have returned. */
  readonly resetMs: number
  /** Whether all of them apply only to the called model. */
  readonly perModel: boolean
}

/** The spent windows with a stated return, of which the last to return counts; null if the answer reports none. */
export function readSpentWindow(
  headers: HeaderValues,
  windows: readonly SpentWindowHeaders[],
  clock: Clock,
): SpentWindow | null {
  const found = windows.flatMap(({ state, spent, resets, perModel = false }): readonly SpentWindow[] => {
    if (!spent.test(headers.get(state) ?? '')) return []
    const stated = resets.map(name => headers.get(name)).find(text => text !== undefined)
    const resetMs = stated === undefined ? null : parseResetMs(stated, 'any', clock)
    return resetMs === null || resetMs === 0 ? [] : [{ resetMs, perModel }]
  })
  if (found.length === 0) return null
  return {
    resetMs: Math.max(...found.map(({ resetMs }) => resetMs)),
    perModel: found.every(({ perModel }) => perModel),
  }
}
