import type { Alert } from './alert.js'
import type { Attempt } from './attempt.js'
import type { OwnerGuide } from './call-subjects.js'
import type { CoolDown } from './cool-down.js'
import type { Counter } from './counter.js'
import type { CountSums } from './counts.js'
import type { Owner, Provider, reliesOn } from './owner.js'
import type { Subject, SubjectRef } from './subject.js'
import type { ModelCounters } from './subject-counters.js'
import type { SubjectKind } from './subject-kinds.js'
import type { UsageDelta } from './usage.js'

/** The state that a decision may read. A store loads it under the locks of all subjects concerned. */
export interface QuotaState extends OwnerGuide {
  provider(name: string): Provider | undefined
  owner(ref: SubjectRef): Owner | undefined
  subject(ref: SubjectRef): Subject | undefined
  /** `''` for the shared counter. @throws Error if the store has not loaded the model's counters */
  counter(ref: SubjectRef, limitId: string, model: string): Counter | undefined
  /** The counters of one model; `''` for the shared ones. @throws Error if the store has not loaded them */
  countersOfModel(ref: SubjectRef, model: string): Iterable<Counter>
  /** Every counter of the subject. @throws Error if the store has not loaded them */
  counters(ref: SubjectRef): Iterable<Counter>
  /** The counters of single models that answers list. @throws Error if the store has not loaded them */
  countersOfLimit(ref: SubjectRef, limitId: string): ModelCounters
  coolDowns(ref: SubjectRef): Iterable<CoolDown>
  attempt(id: string): Attempt | undefined
  /** Whether the subject has pending attempts that are due at the instant; they stay held until expired. */
  hasDue(ref: SubjectRef, nowMs: number): boolean
  /** A provider's sum of a day, `YYYY-MM-DD`. */
  usage(providerName: string, date: string): CountSums
  providers(): Iterable<Provider>
  /** Owners of one kind, or of all; includes removed ones. */
  owners(kind?: SubjectKind): Iterable<Owner>
  /** Whether the subject has pending attempts. */
  hasPending(ref: SubjectRef): boolean
  /** The owners in use that rely on the subject, see {@link reliesOn}, by kind and name. */
  members(ref: SubjectRef): readonly Owner[]
  /** Sums over the ledger; see {@link LedgerQuery}. */
  ledgerSums(query: LedgerQuery): readonly LedgerSum[]
  /** Calls that are dated ahead of the clock; see {@link CallsAheadQuery}. */
  callsAhead(query: CallsAheadQuery): readonly Attempt[]
}

/** The models of a subject whose counters are read, in addition to shared counters. */
export interface SubjectModels extends SubjectRef {
  /** Names of models; `all` for every counter of the subject. */
  readonly models: readonly string[] | 'all'
}

/**
 * Reads calls of some providers that can still be settled and were dated or settled ahead of the clock: at most
 * `maxSettled` settled and `maxPending` pending ones.
 */
export interface CallsAheadQuery {
  readonly providerNames: readonly string[]
  /** From this instant on, a call is dated ahead. */
  readonly fromMs: number
  /** Also reads calls dated from this instant on that were settled after `settledAfterMs`. */
  readonly datedFromMs: number
  readonly settledAfterMs: number
  readonly maxSettled: number
  readonly maxPending: number
}

/**
 * Reads the charged and held counts of a subject since an instant, summed by subjects, provider, model, consumer, end
 * user, day and time bucket.
 */
export interface LedgerQuery {
  readonly subject: SubjectRef
  readonly fromMs: number
  /** Length of the time buckets, which start at `fromMs`. */
  readonly bucketMs: number
  /** Pending attempts dated from this instant on are summed as held. */
  readonly heldFromMs: number
}

/** A sum over attempts of equal subjects, provider, model, consumer, end user, day and bucket. */
export interface LedgerSum {
  readonly subjects: readonly SubjectRef[]
  readonly providerName: string
  /** The pool of the calls; null for none. */
  readonly poolName: string | null
  readonly model: string
  readonly consumer: string
  readonly endUser: string
  /** The provider's day, computed when the attempts were dated; its time zone may have changed since. */
  readonly date: string
  readonly bucketStartMs: number
  readonly charged: CountSums
  /** Counts of pending attempts. */
  readonly held: CountSums
  /** Number of pending attempts. */
  readonly heldCalls: number
}

/** One change by a decision. Rows replace rows of the same key; usage is added. */
export type Change =
  | { readonly table: 'owner'; readonly row: Owner }
  | { readonly table: 'subject'; readonly row: Subject }
  | { readonly table: 'counter'; readonly row: Counter }
  | { readonly table: 'droppedCounter'; readonly row: Counter }
  | { readonly table: 'coolDown'; readonly row: CoolDown }
  | { readonly table: 'endedCoolDown'; readonly row: CoolDown }
  | { readonly table: 'attempt'; readonly row: Attempt }
  /** A re-dated attempt; only its instants and day change. */
  | { readonly table: 'redatedAttempt'; readonly row: Attempt }
  | { readonly table: 'usage'; readonly row: UsageDelta }
  | { readonly table: 'alert'; readonly row: Alert }
  | { readonly table: 'audit'; readonly row: AuditEntry }

/** What a change was made to: a subject, a token, or the settings of routing, whose name is `routing`. */
export type AuditedRef = SubjectRef | { readonly kind: 'token' | 'routing'; readonly name: string }

/** A change by an administrator or a configuration file, for the audit log. */
export interface AuditEntry {
  readonly atMs: number
  readonly actor: string
  readonly action: string
  readonly subject: AuditedRef
  readonly details: Readonly<Record<string, unknown>>
}

/** A stored entry. */
export interface KeptAuditEntry extends AuditEntry {
  /** Ascending with each entry. */
  readonly id: string
}

/** Filters of audit entries, newest first. */
export interface AuditQuery {
  /** Null for all. */
  readonly subject: AuditedRef | null
  readonly cursor: string | null
  readonly pageSize: number
}
