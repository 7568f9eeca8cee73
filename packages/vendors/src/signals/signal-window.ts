/** A window of a vendor's limit, in the words of our own limits. */
export type SignalWindow =
  | 'minute'
  | 'hour'
  | 'day'
  | 'month'
  | 'rolling-1s'
  | 'rolling-60s'
  | 'rolling-1h'
  | 'rolling-1d'

/** How a vendor's limits come back: by the calendar, or continuously. */
export type Refill = 'calendar' | 'rolling'

/** A period that a vendor names. */
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
  // No vendor refills a month continuously: what is named monthly is a bill or a credit.
  month: 'month',
}

/** The window that a period is at a vendor; a second is always a rolling one, there is no other. */
export function windowOf(period: Period, refill: Refill): SignalWindow {
  return refill === 'rolling' || period === 'second' ? rolling[period] : period
}

/** The period that a window lasts. */
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

/** The longest that a limit of this period can take until its return, in milliseconds. */
export function longestResetMs(period: Period): number {
  // A calendar's month has up to 31 days.
  return period === 'month' ? 31 * dayMs : periodMs[period]
}

/** The period that lasts exactly so long; null when there is none. */
export function periodOfLength(lengthMs: number): Period | null {
  const periods: readonly Period[] = ['second', 'minute', 'hour', 'day', 'month']
  return periods.find(period => periodMs[period] === lengthMs) ?? null
}

/** Whether the window refills continuously. */
export function refillsContinuously(window: SignalWindow): boolean {
  return window.startsWith('rolling-')
}
