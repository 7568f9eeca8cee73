const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** A duration in its two largest units: `2 h 10 min`, `4 d 3 h`, `25 s`. */
export function lengthOf(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.ceil(ms / 1_000))} s`
  const minutes = Math.round(ms / minuteMs)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(ms / hourMs)
  return withRest(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`
}

/** `in 2 h 10 min`; `now` for the past. */
export function until(instant: string, nowMs: number): string {
  const ms = Date.parse(instant) - nowMs
  return ms <= 0 ? 'now' : `in ${lengthOf(ms)}`
}

/** `5 min ago`; `just now` for the future. */
export function since(instant: string, nowMs: number): string {
  const ms = nowMs - Date.parse(instant)
  return ms < 1_000 ? 'just now' : `${lengthOf(ms)} ago`
}

/** An instant in the reader's zone: `16:40`, `tomorrow 00:00`, `Sat 28 Nov 00:00`. */
export function clockTime(instant: string, nowMs: number): string {
  const date = new Date(instant)
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const days = dayNumber(date) - dayNumber(new Date(nowMs))
  if (days === 0) return time
  if (days === 1) return `tomorrow ${time}`
  if (days === -1) return `yesterday ${time}`
  const day = date.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
  return `${day.replace(',', '')} ${time}`
}

/** `2026-11-25 16:40:07` in the reader's zone. */
export function exactTime(instant: string): string {
  const date = new Date(instant)
  return `${date.toLocaleDateString('en-CA')} ${date.toLocaleTimeString('en-GB')}`
}

/** `11-25 16:00` in the reader's zone. */
export function dayAndHour(instant: string): string {
  return exactTime(instant).slice(5, 16)
}

/** The day `days` before now, `YYYY-MM-DD` in UTC. */
export function dayBefore(nowMs: number, days: number): string {
  return new Date(nowMs - days * dayMs).toISOString().slice(0, 10)
}

/** Days since 1970 in the reader's zone. */
function dayNumber(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs)
}
