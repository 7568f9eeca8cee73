import type { OwnerGuide } from '../../domain/call-subjects.js'
import type { AcquireCommand } from '../../domain/command.js'
import { isoInstant } from '../../domain/instant.js'
import type { Skipped } from '../../domain/outcome.js'
import type { SubjectRef } from '../../domain/subject.js'
import { type Candidates, openCandidates } from '../needs/open-candidates.js'

/** How soon to ask again for quota that another session has locked: nobody knows when it lets go. */
const busyRetryMs = 1_000

/** Why the others were skipped. Their quota was not looked at, so that they come in the order in which they were given. */
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
 * The choice with those candidates left out whose quota is locked: their own, or that of another subject of the call, as far as is known.
 * Where that would leave none to a choice that may wait, it is left as it was asked for.
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
