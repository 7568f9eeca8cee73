import { scaleUp } from './decimal.js'

/** Longest plausible wait: anything beyond a leap year is a misreading, and unknown. */
export const longestWaitMs: number = 366 * 86_400_000

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 }
const secondPowers: Readonly<Record<string, number>> = { s: 3, ms: 0, us: -3, µs: -3, ns: -6 }
const durationForm =
  /^(?=\d)(?:(\d{1,5})d)?(?:(\d{1,7})h)?(?:(\d{1,9})m(?!s))?(?:(\d{1,15}(?:\.\d{1,30})?)(s|ms|us|µs|ns))?$/

/** Of days and less: the length of a month or a year is not fixed. */
const isoForm =
  /^P(?=\d|T\d)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,15}(?:\.\d{1,30})?)S)?)?$/i

/**
 * A duration with units in Go's format or that of ISO 8601, in milliseconds rounded up: `2m59.56s` and `PT2M59.56S` are
 * 179,560. Null for a bare number, unreadable text and more than {@link longestWaitMs}. Source:
 * https://pkg.go.dev/time#Duration.String
 */
export function parseDurationMs(text: string): number | null {
  const match = durationForm.exec(text) ?? isoForm.exec(text)
  if (match === null) return null
  const [, days, hours, minutes, rest, unit] = match
  const whole = [days, hours, minutes].map(digits => Number(digits ?? '0'))
  const wholeMs =
    (whole[0] ?? 0) * unitOf('d') + (whole[1] ?? 0) * unitOf('h') + (whole[2] ?? 0) * unitOf('m')
  const restMs = rest === undefined ? 0 : scaleUp(rest, secondPowers[unit ?? ''] ?? 3)
  return restMs === null ? null : believedWaitMs(wholeMs + restMs)
}

function unitOf(unit: string): number {
  return unitMs[unit] ?? 0
}

/** Seconds, whole or decimal, in milliseconds rounded up; null for anything else. */
export function parseSecondsMs(text: string): number | null {
  const waitMs = scaleUp(text, 3)
  return waitMs === null ? null : believedWaitMs(waitMs)
}

/** The wait, or null if it is negative or implausibly long. */
export function believedWaitMs(waitMs: number): number | null {
  return waitMs >= 0 && waitMs <= longestWaitMs ? waitMs : null
}
