/** Formats instants. */
export interface Clock {
  readonly nowMs: number
  /** `Europe/Paris`, `UTC`. */
  readonly zone: string
  /** Today: the time, `14:05`; otherwise with day, `11-26 02:00`; in another year with the year. Null as `–`. */
  short(instant: string | null): string
  /** `2026-11-26 02:00:07`. Null as `–`. */
  long(instant: string | null): string
}

/** A clock in the zone at `nowMs`. */
export function clockIn(zone: string, nowMs: number): Clock {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  // Cached, since instants repeat: a thousand providers share a midnight.
  const known = new Map<string, string>()
  const long = (instant: string): string => {
    const seen = known.get(instant)
    if (seen !== undefined) return seen
    const part: Partial<Record<string, string>> = {}
    for (const { type, value } of format.formatToParts(Date.parse(instant))) part[type] = value
    const text = `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}:${part['second']}`
    known.set(instant, text)
    return text
  }
  const today = long(new Date(nowMs).toISOString()).slice(0, '2026-11-26'.length)
  const thisYear = today.slice(0, '2026-'.length)
  return {
    nowMs,
    zone,
    short: instant => {
      if (instant === null) return '–'
      const text = long(instant).slice(0, 16)
      if (text.startsWith(today)) return text.slice('2026-11-26 '.length)
      return text.startsWith(thisYear) ? text.slice(thisYear.length) : text
    },
    long: instant => (instant === null ? '–' : long(instant)),
  }
}

/** The zone of this machine; UTC if that is unknown, as with an empty TZ, which `Intl` then does not take back. */
export function localZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone === 'Etc/Unknown' ? 'UTC' : timeZone
}
