/** The calendar periods that have an end in a time zone. */
export type CalendarPeriod = 'minute' | 'hour' | 'day' | 'month'

/**
 * The instant at which the current minute, hour, day or month ends in a time zone, days of 23 and 25 hours
 * included. Epoch milliseconds.
 * @throws RangeError for a zone that is unknown.
 */
export function nextBoundaryMs(period: CalendarPeriod, timeZone: string, nowMs: number): number {
  if (period === 'minute') return (Math.floor(nowMs / 60_000) + 1) * 60_000
  if (period === 'hour') return (Math.floor(nowMs / 3_600_000) + 1) * 3_600_000
  const local = new Date(nowMs + offsetMs(timeZone, nowMs))
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const localEndMs = period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1)
  // The offset at the end may differ from now's: the second look uses that of the end itself.
  const nearMs = localEndMs - offsetMs(timeZone, nowMs)
  return localEndMs - offsetMs(timeZone, nearMs)
}

/** What the zone's clocks show beyond UTC. */
function offsetMs(timeZone: string, instantMs: number): number {
  if (timeZone === 'UTC') return 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const [year, month, day] = [part('year'), part('month'), part('day')]
  const shownMs = Date.UTC(year, month - 1, day, part('hour'), part('minute'), part('second'))
  return shownMs - Math.floor(instantMs / 1_000) * 1_000
}
