/** A window of a vendor's limit, named like our windows. */
export type SignalWindow =
  | 'minute'
  | 'hour'
  | 'day'
  | 'month'
  | 'rolling-1s'
  | 'rolling-60s'
  | 'rolling-1h'
  | 'rolling-1d'

/** How a vendor's limits return: by calendar window, or continuously. */
export type Refill = 'calendar' | 'rolling'

/** A period as stated by a vendor. */
export type Period = 'second' | 'minute' | 'hour' | 'day' | 'month'

const dayMs = 86_400_000
const periodMs: Readonly<Record<Period, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: dayMs,
  month: 30 * dayMs,
}
const rolling: Readonly<Record<Period, SignalWindow>> = {
  second: 'rolling-1s',
  minute: 'rolling-60s',
  hour: 'rolling-1h',
  day: 'rolling-1d',
  // No vendor refills a month continuously: monthly limits are bills or credits.
  month: 'month',
}

/** The window of a period at a vendor; a second is always rolling. */
export function windowOf(period: Period, refill: Refill): SignalWindow {
  return refill === 'rolling' || period === 'second' ? rolling[period] : period
}

/** The period of a window. */
export function periodOf(window: SignalWindow): Period {
  switch (window) {
    case 'rolling-1s':
      return 'second'
    case 'rolling-60s':
      return 'minute'
    case 'rolling-1h':
      return 'hour'
    case 'rolling-1d':
      return 'day'
    default:
      return window
  }
}

/** The length of a window in milliseconds; a month counts as 30 days. */
export function windowLengthMs(window: SignalWindow): number {
  return periodMs[periodOf(window)]
}

/** The longest time until a limit of this period returns, in milliseconds. */
export function longestResetMs(period: Period): number {
  // A calendar month has up to 31 days.
  return period === 'month' ? 31 * dayMs : periodMs[period]
}

/** The period of exactly this length; null if there is none. */
export function periodOfLength(lengthMs: number): Period | null {
  const periods: readonly Period[] = ['second', 'minute', 'hour', 'day', 'month']
  return periods.find(period => periodMs[period] === lengthMs) ?? null
}

/** Whether the window refills continuously. */
export function refillsContinuously(window: SignalWindow): boolean {
  return window.startsWith('rolling-')
}
