export type VendorWindow = 'minute' | 'day' | 'month'

export interface Span {
  readonly startMs: number
  readonly endMs: number
}

// All current zones change their offset and begin their days at a quarter of an hour.
const quarterMs = 15 * 60_000
const minuteMs = 60_000
const clocks = new Map<string, Intl.DateTimeFormat>()
const knownSpans = new Map<string, Span[]>()

/** The window that contains the instant, found by reading a wall clock every quarter of an hour. */
export function vendorSpan(window: VendorWindow, timeZone: string, instantMs: number): Span {
  if (window === 'minute') {
    const startMs = instantMs - (instantMs % minuteMs)
    return { startMs, endMs: startMs + minuteMs }
  }
  const key = `${window} ${timeZone}`
  const spans = knownSpans.get(key) ?? []
  knownSpans.set(key, spans)
  const known = spans.find(({ startMs, endMs }) => startMs <= instantMs && instantMs < endMs)
  if (known !== undefined) return known
  const label = labelOf(window, timeZone, instantMs)
  let startMs = instantMs - (instantMs % quarterMs)
  let endMs = startMs + quarterMs
  while (labelOf(window, timeZone, startMs - 1) === label) startMs -= quarterMs
  while (labelOf(window, timeZone, endMs) === label) endMs += quarterMs
  spans.push({ startMs, endMs })
  return { startMs, endMs }
}

function labelOf(window: 'day' | 'month', timeZone: string, instantMs: number): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  clocks.set(timeZone, clock)
  const day = clock.format(instantMs)
  return window === 'day' ? day : day.slice(0, 7)
}
