const hourMs = 3_600_000
const minuteMs = 60_000
/** A day has 26 hours at most, and one more that it shares with the day before. */
const maxHours = 27

/** A day and when days begin, as a provider has them. */
export interface OwnDay {
  /** `2026-11-25`. */
  readonly date: string
  /** An IANA name, or an offset such as `+09:00`. */
  readonly timeZone: string
  /** `HH:MM`, local. */
  readonly dayStartsAt: string
}

/**
 * The hours of the day from its start to now: epoch milliseconds, ascending. They are whole hours of the provider's zone, as
 * the API sums them. If days begin within an hour, the first one is shared with the day before.
 */
export function hoursOfDay(day: OwnDay, nowMs: number): readonly number[] {
  const localMsOf = localTimeIn(day.timeZone)
  const [startHours = 0, startMinutes = 0] = day.dayStartsAt.split(':').map(Number)
  const startsAfterMs = startHours * hourMs + startMinutes * minuteMs
  const dateOf = (instantMs: number): string =>
    new Date(localMsOf(instantMs) - startsAfterMs).toISOString().slice(0, 10)
  const lastMs = nowMs - (localMsOf(nowMs) % hourMs)
  const hours: number[] = []
  for (let atMs = lastMs; hours.length < maxHours; atMs -= hourMs) {
    if (dateOf(Math.min(nowMs, atMs + hourMs - 1)) < day.date) break
    hours.unshift(atMs)
  }
  return hours
}

/** The local time of instants, in milliseconds, as if it were in UTC. */
function localTimeIn(timeZone: string): (instantMs: number) => number {
  // Older browsers know no zones that are named by their offset.
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(timeZone)
  if (offset !== null) {
    const [, sign, hours, minutes] = offset
    const offsetMs = Number(`${sign}1`) * (Number(hours) * hourMs + Number(minutes) * minuteMs)
    return instantMs => instantMs + offsetMs
  }
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  })
  return instantMs => {
    const part: Partial<Record<string, string>> = {}
    for (const { type, value } of format.formatToParts(instantMs)) part[type] = value
    const { year, month, day, hour, minute } = part
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`) + (instantMs % minuteMs)
  }
}

/** The zone of the reader, as their browser names it. */
export function readersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
