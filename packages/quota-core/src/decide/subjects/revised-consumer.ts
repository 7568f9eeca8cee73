import type { UpsertConsumerCommand } from '../../domain/command.js'
import type { Consumer, Owner } from '../../domain/owner.js'
import type { QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { consumerKind } from '../../domain/subject-kinds.js'
import { liveOwner } from '../call-counters.js'
import { managedAfter } from './managed-by.js'
import { planAfter } from './plan-limits.js'
import { revisedAt } from './revised-at.js'

/** What an owner is revised from. */
export interface RevisedFrom {
  readonly before: Owner | undefined
  readonly parent: SubjectRef | null
  readonly nowMs: number
}

/** The fields that every revised owner has. */
export function recordOf({
  before,
  parent,
  nowMs,
}: RevisedFrom): Pick<Owner, 'parent' | 'removedAtMs' | 'resetsAtMs' | 'createdAtMs' | 'updatedAtMs'> {
  return {
    parent,
    removedAtMs: null,
    resetsAtMs: before?.resetsAtMs ?? [],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: revisedAt(before, nowMs),
  }
}

/** Settings of a new consumer: it may call everything, and has no limits. */
const defaults = {
  models: ['*'],
  providers: null,
  enabled: true,
  strict: false,
  showCost: false,
  metadata: {},
} as const

/** The consumer after the command. @throws QuotaError UNKNOWN_PLAN */
export function revisedConsumer(
  state: QuotaState,
  command: UpsertConsumerCommand,
  from: RevisedFrom,
): Consumer {
  const { name } = command
  const known = from.before?.kind === consumerKind ? from.before : null
  const plan = planAfter(from.before, command)
  const isSamePlan = known !== null && known.removedAtMs === null && known.plan === plan?.name
  if (plan !== null && !isSamePlan) liveOwner(state, plan, 'plan')
  const before = known ?? defaults
  return {
    kind: consumerKind,
    name,
    managedBy: managedAfter(from.before, command),
    ...recordOf(from),
    plan: plan?.name ?? null,
    models: command.models ?? before.models,
    providers: command.providers === undefined ? before.providers : command.providers,
    enabled: command.enabled ?? before.enabled,
    strict: command.strict ?? before.strict,
    showCost: command.showCost ?? before.showCost,
    metadata: command.metadata ?? before.metadata,
    ...(known?.lostMembers && { lostMembers: true as const }),
  }
}
