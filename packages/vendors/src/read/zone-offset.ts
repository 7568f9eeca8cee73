/**
 * A zone's offset from UTC at an instant, in milliseconds.
 * @throws RangeError for an unknown zone
 */
export function offsetMs(timeZone: string, instantMs: number): number {
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

/**
 * The instant of a local time in a zone, epoch milliseconds. `localMs` is the local time as if it were UTC.
 * @throws RangeError for an unknown zone
 */
export function localInstantMs(localMs: number, timeZone: string): number {
  // The offset at the first estimate may differ, so the second step uses the offset of the result.
  const nearMs = localMs - offsetMs(timeZone, localMs)
  return localMs - offsetMs(timeZone, nearMs)
}
