import type { SubjectRef } from './subject.js'
import type { providerKind, SubjectKind } from './subject-kinds.js'

/** Who may change an owner's settings. `file` settings are read-only elsewhere. */
export type ManagedBy = 'file' | 'api' | 'demo'

/** What becomes of an attempt that nobody settled in time. */
export type OnExpiry = 'charge' | 'release'

/** Data of the user's own, kept and given back. */
export type Metadata = Readonly<Record<string, unknown>>

/** What a subject stands for. Its limits are those of its {@link Subject}, which has the same kind and name. */
interface OwnerRecord extends SubjectRef {
  /** The subject whose limits its calls meet, too; null for none. */
  readonly parent: SubjectRef | null
  readonly managedBy: ManagedBy
  /** When it was removed; null while it is in use. */
  readonly removedAtMs: number | null
  /** When its usage was reset, ascending: the last of each of its days, of the last hundred that had one. */
  readonly resetsAtMs: readonly number[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** One credential at a vendor, with its own quota. Its parent is the pool whose quota it shares. */
export interface Provider extends OwnerRecord {
  readonly kind: typeof providerKind
  readonly vendor: string
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  /** Lower comes first under the strategy `priority`. */
  readonly priority: number
  readonly onExpiry: OnExpiry
  readonly metadata: Metadata
  /** False when an admin has switched it off. */
  readonly enabled: boolean
}

/** An owner that is nothing but its limits and its place: a quota that several providers share, for one. */
export interface PlainOwner extends OwnerRecord {
  readonly kind: Exclude<SubjectKind, typeof providerKind>
}

/** The one record that each subject has beside its {@link Subject}. */
export type Owner = Provider | PlainOwner
