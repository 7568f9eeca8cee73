/** When the days and months of a subject begin. */
export interface DayRule {
  /** An IANA name (`America/Los_Angeles`) or an offset (`+09:00`). */
  readonly timeZone: string
  /** `HH:MM`, local. A local time skipped by DST moves forward by the skipped length. */
  readonly dayStartsAt: string
  /** The day of the month on which months begin, 1 to 31; the last day in shorter months. */
  readonly monthStartsOn: number
}

/** The first setting by which the two rules differ; null if they are equal. */
export function movedSetting(before: DayRule, after: DayRule): keyof DayRule | null {
  if (before.timeZone !== after.timeZone) return 'timeZone'
  if (before.dayStartsAt !== after.dayStartsAt) return 'dayStartsAt'
  return before.monthStartsOn === after.monthStartsOn ? null : 'monthStartsOn'
}
