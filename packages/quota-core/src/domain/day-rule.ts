/** When the days of a subject begin: a time zone and a local time of day. */
export interface DayRule {
  /** An IANA name (`America/Los_Angeles`) or an offset (`+09:00`). */
  readonly timeZone: string
  /** `HH:MM`, local. A local time skipped by DST moves forward by the skipped length. */
  readonly dayStartsAt: string
}
