import { isSameSubject, type SubjectRef } from './subject.js'
import { consumerKind, planKind, type providerKind, type SubjectKind } from './subject-kinds.js'

/** Who may change an owner's settings. `file`: only the configuration file. */
export type ManagedBy = 'file' | 'api' | 'demo'

/** What happens to an attempt that is not settled in time. */
export type OnExpiry = 'charge' | 'release'

/** User data, stored and returned unchanged. */
export type Metadata = Readonly<Record<string, unknown>>

/** The settings of a subject other than limits, which are in the {@link Subject} of the same kind and name. */
interface OwnerRecord extends SubjectRef {
  /** The subject whose limits also apply to its calls; null for none. */
  readonly parent: SubjectRef | null
  readonly managedBy: ManagedBy
  /** When it was removed; null while it is in use. */
  readonly removedAtMs: number | null
  /** When its usage was reset, ascending: the last reset of each day, for the last 100 days with one. */
  readonly resetsAtMs: readonly number[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** One credential at a vendor, with its own quota. Its parent is the pool that it shares, if any. */
export interface Provider extends OwnerRecord {
  readonly kind: typeof providerKind
  readonly vendor: string
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  /** Lower values come first with strategy `priority`. */
  readonly priority: number
  readonly onExpiry: OnExpiry
  /** It serves only calls for these consumers and their descendants; null serves every call. */
  readonly consumers: readonly string[] | null
  readonly metadata: Metadata
  /** False if an admin has disabled it. */
  readonly enabled: boolean
}

/** The consumer of calls: an organisation, a team, an application or a tenant. Its parent is a consumer, too. */
export interface Consumer extends OwnerRecord {
  readonly kind: typeof consumerKind
  /** The plan whose limits it takes over; null for none. Its own limits with the same ids have precedence. */
  readonly plan: string | null
  /** Globs of the models that it may call. */
  readonly models: readonly string[]
  /** Globs of the providers that may serve its calls; null for all. */
  readonly providers: readonly string[] | null
  /** False if an admin has disabled it. */
  readonly enabled: boolean
  /** Whether its calls reserve all output that they request, and are cut to what was reserved. */
  readonly strict: boolean
  /** Whether its clients see costs. */
  readonly showCost: boolean
  readonly metadata: Metadata
  /** Present once a descendant has moved to a parent that is not below it: its ledger has calls of others since. */
  readonly lostMembers?: true
}

/** An owner with only limits and a parent, such as a pool. */
export interface PlainOwner extends OwnerRecord {
  readonly kind: Exclude<SubjectKind, typeof providerKind | typeof consumerKind>
}

/** The record that each subject has beside its {@link Subject}. */
export type Owner = Provider | Consumer | PlainOwner

/** Whether the owner takes over limits of the other: as a parent whose limits also apply, or as its plan. */
export function reliesOn(owner: Owner, other: SubjectRef): boolean {
  if (owner.parent !== null && isSameSubject(owner.parent, other)) return true
  return other.kind === planKind && owner.kind === consumerKind && owner.plan === other.name
}
