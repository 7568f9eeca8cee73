import type { GuidingOwner } from '../../domain/call-subjects.js'
import type { UpsertConsumerCommand } from '../../domain/command.js'
import type { Limit, VersionedLimit } from '../../domain/limit.js'
import type { Owner } from '../../domain/owner.js'
import type { QuotaState } from '../../domain/state.js'
import type { Subject, SubjectRef } from '../../domain/subject.js'
import { planKind } from '../../domain/subject-kinds.js'

/** The plan of a consumer after the command; null for none. */
export function planAfter(
  before: GuidingOwner | undefined,
  { plan }: Pick<UpsertConsumerCommand, 'plan'>,
): SubjectRef | null {
  const name = plan === undefined ? (before?.plan ?? null) : plan
  return name === null ? null : { kind: planKind, name }
}

/**
 * The limits of a consumer after the command: its own, and those of its plan whose ids it does not use itself. They are
 * stored with the consumer, so that a call neither reads nor locks the plan.
 */
export function limitsWithPlan(
  state: Pick<QuotaState, 'subject'>,
  before: Subject | undefined,
  owner: Owner | undefined,
  command: UpsertConsumerCommand,
): readonly Limit[] {
  const own = command.limits ?? ownLimits(before?.limits ?? [])
  const ids = new Set(own.map(({ id }) => id))
  const plan = planAfter(owner, command)
  const ofPlan = (plan && state.subject(plan)?.limits) ?? []
  return [...own, ...ofPlan.filter(({ id }) => !ids.has(id)).map(takenOver)]
}

/** The limits that a consumer does not take over from its plan. */
export function ownLimits(limits: readonly VersionedLimit[]): readonly VersionedLimit[] {
  return limits.filter(({ isOfPlan }) => isOfPlan !== true)
}

function takenOver({
  version: _version,
  ...limit
}: VersionedLimit): Limit & Pick<VersionedLimit, 'isOfPlan'> {
  return { ...limit, isOfPlan: true }
}
