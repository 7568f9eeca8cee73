import type { Alert } from './alert.js'
import type { Attempt } from './attempt.js'
import type { OwnerGuide } from './call-subjects.js'
import type { CoolDown } from './cool-down.js'
import type { Counter } from './counter.js'
import type { CountSums } from './counts.js'
import type { Owner, Provider } from './owner.js'
import type { Subject, SubjectRef } from './subject.js'
import type { ModelCounters } from './subject-counters.js'
import type { SubjectKind } from './subject-kinds.js'
import type { UsageDelta } from './usage.js'

/** What a decision may look at. A store loads it under the locks of all subjects concerned. */
export interface QuotaState extends OwnerGuide {
  provider(name: string): Provider | undefined
  owner(ref: SubjectRef): Owner | undefined
  subject(ref: SubjectRef): Subject | undefined
  /** `''` for the counter that models share. @throws Error where the store has not loaded those of the model. */
  counter(ref: SubjectRef, limitId: string, model: string): Counter | undefined
  /** The counters of one model; `''` for the shared ones. @throws Error where the store has not loaded them. */
  countersOfModel(ref: SubjectRef, model: string): Iterable<Counter>
  /** Every counter of the subject. @throws Error where the store has not loaded them. */
  counters(ref: SubjectRef): Iterable<Counter>
  /** The counters of single models that answers list. @throws Error where the store has not loaded them. */
  countersOfLimit(ref: SubjectRef, limitId: string): ModelCounters
  coolDowns(ref: SubjectRef): Iterable<CoolDown>
  attempt(id: string): Attempt | undefined
  /** Whether attempts of the subject are pending though they are due at the instant: they stay held until expired. */
  hasDue(ref: SubjectRef, nowMs: number): boolean
  /** The day's sum of a provider. */
  usage(providerName: string, date: string): CountSums
  providers(): Iterable<Provider>
  /** Those of one kind, or of all; removed ones, too. */
  owners(kind?: SubjectKind): Iterable<Owner>
  /** Whether attempts of the subject are pending. */
  hasPending(ref: SubjectRef): boolean
  /** The owners whose parent the subject is, removed ones left out, by kind and name. */
  members(ref: SubjectRef): readonly Owner[]
  /** Sums over the ledger; see {@link LedgerQuery}. */
  ledgerSums(query: LedgerQuery): readonly LedgerSum[]
  /** Calls that are dated ahead of the clock; see {@link CallsAheadQuery}. */
  callsAhead(query: CallsAheadQuery): readonly Attempt[]
}

/** Models of a subject whose counters are looked at, beside those that models share. */
export interface SubjectModels extends SubjectRef {
  /** Those that limits of the subject count apart; `all` for every counter of the subject. */
  readonly models: readonly string[] | 'all'
}

/**
 * Asks for calls of some providers that may still be settled, and were dated or settled ahead of the clock: those that
 * are not pending up to `maxSettled`, pending ones up to `maxPending`.
 */
export interface CallsAheadQuery {
  readonly providerNames: readonly string[]
  /** From this instant on, a call is dated ahead. */
  readonly fromMs: number
  /** Of calls that are dated from this instant on, those that were settled after `settledAfterMs`, too. */
  readonly datedFromMs: number
  readonly settledAfterMs: number
  readonly maxSettled: number
  readonly maxPending: number
}

/** Asks for what a subject was charged and holds since an instant, summed by subjects, provider, model, consumer, day and time. */
export interface LedgerQuery {
  readonly subject: SubjectRef
  readonly fromMs: number
  /** Calls in the same piece of time, counted from `fromMs`, are summed. */
  readonly bucketMs: number
  /** Attempts that are pending and date from this instant on are summed as held. */
  readonly heldFromMs: number
}

/** A sum over attempts of the same subjects, of one provider, model, consumer and day in one bucket. */
export interface LedgerSum {
  readonly subjects: readonly SubjectRef[]
  readonly providerName: string
  /** The pool that the calls went through; null for none. */
  readonly poolName: string | null
  readonly model: string
  readonly consumer: string
  /** The provider's day as it was told when the attempts were dated: its days may have moved since. */
  readonly date: string
  readonly bucketStartMs: number
  readonly charged: CountSums
  /** Of attempts that are pending. */
  readonly held: CountSums
}

/** One change that a decision makes. Rows replace those of the same key; usage is added. */
export type Change =
  | { readonly table: 'owner'; readonly row: Owner }
  | { readonly table: 'subject'; readonly row: Subject }
  | { readonly table: 'counter'; readonly row: Counter }
  | { readonly table: 'droppedCounter'; readonly row: Counter }
  | { readonly table: 'coolDown'; readonly row: CoolDown }
  | { readonly table: 'endedCoolDown'; readonly row: CoolDown }
  | { readonly table: 'attempt'; readonly row: Attempt }
  /** An attempt that is dated anew; all else of it stays. */
  | { readonly table: 'redatedAttempt'; readonly row: Attempt }
  | { readonly table: 'usage'; readonly row: UsageDelta }
  | { readonly table: 'alert'; readonly row: Alert }
  | { readonly table: 'audit'; readonly row: AuditEntry }

/** A change by an administrator or a configuration file, kept for the record. */
export interface AuditEntry {
  readonly atMs: number
  readonly actor: string
  readonly action: string
  readonly subject: SubjectRef
  readonly details: Readonly<Record<string, unknown>>
}

/** An entry as it is kept. */
export interface KeptAuditEntry extends AuditEntry {
  /** Rises with each entry. */
  readonly id: string
}

/** Entries that are wanted, newest first. */
export interface AuditQuery {
  /** Null for every subject. */
  readonly subject: SubjectRef | null
  readonly cursor: string | null
  readonly pageSize: number
}
