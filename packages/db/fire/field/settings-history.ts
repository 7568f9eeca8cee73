import { type PoolInput, type ProviderInput, type SubjectRef, subjectKey } from '@quotakeeper/quota-core'

/** When settings were asked for and when they were confirmed: they took effect somewhere in between. */
interface Setting {
  readonly maxByLimit: ReadonlyMap<string, number>
  readonly askedMs: number
  readonly confirmedMs: number
}

/** Instants of the database are whole milliseconds, and read apart from ours. */
const slackMs = 2

/** Which limits were in force when, as far as whoever set them can tell. */
export class SettingsHistory {
  readonly #bySubject = new Map<string, Setting[]>()

  /** Notes that a subject was given these limits in this time. */
  note(
    subject: SubjectRef,
    { limits = [] }: PoolInput | ProviderInput,
    times: { readonly askedMs: number; readonly confirmedMs: number },
  ): void {
    const maxByLimit = new Map<string, number>()
    for (const { id, metric, window, max } of limits)
      maxByLimit.set(id ?? `${metric}/${window}`, max ?? Number.POSITIVE_INFINITY)
    const settings = this.#bySubject.get(subjectKey(subject)) ?? []
    this.#bySubject.set(subjectKey(subject), [...settings, { maxByLimit, ...times }])
  }

  /** The most that a limit may have allowed at an instant: infinite where it may not have been there. */
  mostAllowed(subject: SubjectRef, limitId: string, atMs: number): number {
    const settings = this.#bySubject.get(subjectKey(subject)) ?? []
    let most = 0
    for (const [index, { maxByLimit, askedMs }] of settings.entries()) {
      const endedMs = settings[index + 1]?.confirmedMs ?? Number.POSITIVE_INFINITY
      if (askedMs - slackMs > atMs || endedMs + slackMs < atMs) continue
      most = Math.max(most, maxByLimit.get(limitId) ?? Number.POSITIVE_INFINITY)
    }
    return most
  }
}
