import type { SubjectRef } from './subject.js'
import type { providerKind, SubjectKind } from './subject-kinds.js'

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
  readonly metadata: Metadata
  /** False if an admin has disabled it. */
  readonly enabled: boolean
}

/** An owner with only limits and a parent, such as a pool. */
export interface PlainOwner extends OwnerRecord {
  readonly kind: Exclude<SubjectKind, typeof providerKind>
}

/** The record that each subject has beside its {@link Subject}. */
export type Owner = Provider | PlainOwner
