import type { OwnerGuide } from '../../domain/call-subjects.js'
import type { AcquireCommand } from '../../domain/command.js'
import { isoInstant } from '../../domain/instant.js'
import type { Skipped } from '../../domain/outcome.js'
import type { SubjectRef } from '../../domain/subject.js'
import { type Candidates, openCandidates } from '../needs/open-candidates.js'

/** Retry delay for quota that another session has locked; when the lock is released is unknown. */
const busyRetryMs = 1_000

/**
 * Reasons for the candidates with locked quota. Their quota was not read, so they keep the order in which they were
 * given.
 */
export function skippedBusy({ candidates, busy }: Candidates, nowMs: number): readonly Skipped[] {
  if (busy === undefined) return []
  const retryAt = isoInstant(nowMs + busyRetryMs)
  return candidates.flatMap(({ providerName, model }): readonly Skipped[] => {
    const subject = busy.get(providerName)
    if (subject === undefined) return []
    const reasons = [{ subject, limitId: null, code: 'busy', retryAt }] as const
    return [{ providerName, model: model === '' ? null : model, reasons }]
  })
}

/**
 * The command without the candidates whose quota, or that of another subject of the call, is known to be locked. If no
 * candidate would be left and the command may wait for locks, it stays unchanged.
 */
export function withoutBusy(
  asked: AcquireCommand,
  guide: OwnerGuide,
  isLocked: (ref: SubjectRef) => boolean,
): AcquireCommand {
  const busy = new Map<string, SubjectRef>()
  for (const { providerName } of asked.candidates) {
    const subject = guide.kinds.ofCall(guide, { providerName, consumer: asked.consumer }).find(isLocked)
    if (subject !== undefined) busy.set(providerName, subject)
  }
  if (busy.size === 0) return asked
  const left: AcquireCommand = { ...asked, busy }
  return openCandidates(left).length === 0 && asked.waitsForBusy !== false ? asked : left
}
