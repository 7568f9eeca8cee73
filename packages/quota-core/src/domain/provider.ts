import type { SubjectRef } from './subject.js'

/** Who may change a provider's or a pool's settings. `file` settings are read-only elsewhere. */
export type ManagedBy = 'file' | 'api' | 'demo'

/** What becomes of an attempt that nobody settled in time. */
export type OnExpiry = 'charge' | 'release'

/** Data of the user's own, kept and given back. */
export type Metadata = Readonly<Record<string, unknown>>

/** One credential at a vendor, with its own quota. Its limits are those of its {@link Subject}. */
export interface Provider {
  readonly name: string
  readonly vendor: string
  /** The pool whose quota it shares; null for none. */
  readonly pool: string | null
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  /** Lower comes first under the strategy `priority`. */
  readonly priority: number
  readonly onExpiry: OnExpiry
  readonly metadata: Metadata
  readonly managedBy: ManagedBy
  /** False when an admin has switched it off. */
  readonly enabled: boolean
  /** When it was removed; null while it is in use. */
  readonly removedAtMs: number | null
  /** When its usage was reset, ascending: the last of each of its days, of the last hundred that had one. */
  readonly resetsAtMs: readonly number[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A quota that several providers share at the vendor. Its limits are those of its {@link Subject}. */
export interface Pool {
  readonly name: string
  readonly managedBy: ManagedBy
  /** When it was removed; null while it is in use. */
  readonly removedAtMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

// Asked for several times with every command, and nearly always for the same few.
const rememberedSubjects = new Map<string, { poolName: string | null; subjects: readonly SubjectRef[] }>()
const mostRemembered = 10_000

/**
 * The subjects that a call through this provider and pool concerns, in locking order. The one place
 * to extend when other kinds of subject join.
 */
export function subjectsOfCall(call: {
  readonly providerName: string
  readonly poolName: string | null
}): readonly SubjectRef[] {
  const { providerName, poolName } = call
  const known = rememberedSubjects.get(providerName)
  if (known !== undefined && known.poolName === poolName) return known.subjects
  const provider: SubjectRef = { kind: 'provider', name: providerName }
  const subjects = poolName === null ? [provider] : [{ kind: 'pool', name: poolName } as const, provider]
  if (rememberedSubjects.size >= mostRemembered) rememberedSubjects.clear()
  rememberedSubjects.set(providerName, { poolName, subjects })
  return subjects
}
