import { QuotaError, type SubjectRef } from '@quotakeeper/quota-core'

/** Subjects that a message names. */
const maxNamed = 3

/**
 * STORE_UNAVAILABLE of commands that have waited in vain for a lock of another session: the database works, and nothing
 * was written. Its message names subjects only, and may be shown to callers.
 */
export class LockedError extends QuotaError {
  constructor(
    { subjects, waitedMs }: { readonly subjects: readonly SubjectRef[]; readonly waitedMs: number },
    cause?: unknown,
  ) {
    const named = subjects.slice(0, maxNamed).map(({ kind, name }) => `${kind} "${name}"`)
    const rest = subjects.length - named.length
    const all = named.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
    super(
      'STORE_UNAVAILABLE',
      `another session of the database holds a lock that ${all} waited for, ${Math.round(waitedMs / 1_000)} s long; nothing was written: try again shortly, and if it stays so, end that session (docs/operations.md says how to find it)`,
      { cause },
    )
  }
}
