/**
 * What a zone's clocks show beyond UTC at an instant, in milliseconds.
 * @throws RangeError for a zone that is unknown.
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
 * The instant at which a zone's clocks show a local time, given as if it were UTC. Epoch milliseconds.
 * @throws RangeError for a zone that is unknown.
 */
export function localInstantMs(localMs: number, timeZone: string): number {
  // The offset at that time may differ from the first guess's: the second look uses that of the time itself.
  const nearMs = localMs - offsetMs(timeZone, localMs)
  return localMs - offsetMs(timeZone, nearMs)
}
