/** What was looked at, and what is to be done about it; null where nothing is. */
export interface Finding {
  readonly about: string
  readonly found: string
  readonly remedy: string | null
}

/** A clock that is further off counts calls near the edges of windows into the wrong one. */
const mostClockDriftMs = 2_000

/** How far a clock is off that told its instant when it was asked just now: by the middle of the time that took. */
export function clockFinding(about: string, toldMs: number, askedMs: number): Finding {
  const answeredMs = Date.now()
  const driftMs = Math.round(toldMs - (askedMs + answeredMs) / 2)
  const found = `${driftMs < 0 ? '' : '+'}${driftMs} ms from this machine's`
  const isNear = Math.abs(driftMs) <= mostClockDriftMs + (answeredMs - askedMs) / 2
  return {
    about,
    found,
    remedy: isNear ? null : 'set the clocks by NTP: windows turn by the clock of the database',
  }
}
