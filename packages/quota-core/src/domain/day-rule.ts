/** How a subject tells its days: an IANA zone, and the local time of day at which a day begins. */
export interface DayRule {
  /** An IANA name (`America/Los_Angeles`) or an offset (`+09:00`). */
  readonly timeZone: string
  /** `HH:MM`, local. A time that a day skips is moved forward by the skipped length. */
  readonly dayStartsAt: string
}
