/**
 * Windows that follow the calendar in the subject's time zone; half-open, `[start, end)`. Weeks begin on Monday, months
 * on the subject's `monthStartsOn`.
 */
export type CalendarWindow = 'minute' | 'hour' | 'day' | 'week' | 'month'

/**
 * Windows that refill continuously: `rolling-60s`, `rolling-1d`. Units `s`, `m`, `h` or `d`; from 1 second to 31 days.
 */
export type RollingWindow = `rolling-${number}${'s' | 'm' | 'h' | 'd'}`

/**
 * The window of a limit. `total` never ends: what it counts never returns, such as a trial's credit. Limits of `concurrency` have no
 * window: null.
 */
export type Window = CalendarWindow | RollingWindow | 'total'

const fixedWindows: readonly Window[] = ['minute', 'hour', 'day', 'week', 'month', 'total']

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const fixedMs: Readonly<Record<Exclude<Window, RollingWindow>, number | null>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: null,
  total: null,
}
const longestRollingMs = 31 * 86_400_000
const hourMs = 3_600_000

/** Whether the window refills continuously rather than resetting at an instant. */
export function isRolling(window: Window | null): window is RollingWindow {
  return window?.startsWith('rolling-') === true
}

/** Whether what is counted returns when the calendar turns or by refilling: not in total, and not without a window. */
export function isResetting(window: Window | null): window is CalendarWindow | RollingWindow {
  return window !== null && window !== 'total'
}

/** The length of a rolling window in milliseconds; null if the text is not a valid one. */
export function parseRollingMs(text: string): number | null {
  const match = /^rolling-([1-9]\d{0,6})([smhd])$/.exec(text)
  const unit = unitMs[match?.[2] ?? '']
  if (match === null || unit === undefined) return null
  const windowMs = Number(match[1]) * unit
  return windowMs <= longestRollingMs ? windowMs : null
}

/**
 * The length of a rolling window in milliseconds. Called several times per decision, hence without the regular
 * expression of {@link parseRollingMs}, which took 5 % of all time.
 * @throws RangeError for a text that is not a rolling window
 */
export function rollingMs(window: RollingWindow): number {
  const windowMs = Number(window.slice('rolling-'.length, -1)) * (unitMs[window.slice(-1)] ?? Number.NaN)
  if (!(windowMs > 0)) throw new RangeError(`not a rolling window: ${window}`)
  return windowMs
}

/** The length of a window in milliseconds; null for a month, which has no fixed length, for `total` and for none. */
export function windowMs(window: Window | null): number | null {
  if (window === null) return null
  return isRolling(window) ? rollingMs(window) : fixedMs[window]
}

/** Whether the text is a valid window. */
export function isWindow(text: string): text is Window {
  return (fixedWindows as readonly string[]).includes(text) || parseRollingMs(text) !== null
}

/** Whether the window is at least an hour long; only these raise alerts and determine a provider's status. */
export function lastsAnHour(window: Window | null): boolean {
  if (window === null) return false
  return isRolling(window) ? rollingMs(window) >= hourMs : window !== 'minute'
}

/** Whether the window is a day: a calendar day, or a continuous refill over 24 hours. */
export function isDaily(window: Window | null): boolean {
  return window === 'day' || (isRolling(window) && rollingMs(window) === unitMs['d'])
}
