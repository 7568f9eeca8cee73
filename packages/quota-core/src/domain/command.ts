import type { CallOutcome } from './attempt.js'
import type { CallRequest, CostBasis, RecordedCall } from './call-request.js'
import type { CoolDownKind } from './cool-down.js'
import type { Counts } from './counts.js'
import type { Limit } from './limit.js'
import type { Metric } from './metric.js'
import type { Consumer, ManagedBy, Metadata, OnExpiry, PlainOwner, Provider } from './owner.js'
import type { Strategy } from './strategy.js'
import type { SubjectRef } from './subject.js'
import type { SubjectKind } from './subject-kinds.js'
import type { Window } from './window.js'

/** The fields of commands that reserve. */
interface Request extends CallRequest {
  /** The attempt's id, a UUID. Commands are idempotent by id: the same payload gets the same answer. */
  readonly id: string
  /** Hash of the payload; distinguishes a repetition from a reuse of the id. */
  readonly hash: string
}

/** Reserves quota of a provider for a call. */
export interface ReserveCommand extends Request {
  readonly type: 'reserve'
  readonly providerName: string
  /** `''` for a call without a model. */
  readonly model: string
}

/** A provider that could take a call, and the model to call there. */
export interface Candidate {
  readonly providerName: string
  readonly model: string
  /** What the call costs there; that of the request unless given. */
  readonly cost?: CandidateCost
}

/** The cost of a call at one candidate, in millionths of a US dollar; it replaces that of the request. */
export interface CandidateCost {
  readonly costMicroUsd: number
  /** The part of `atLeast`. */
  readonly atLeastMicroUsd: number
  readonly basis: CostBasis
}

/** Reserves quota of the best candidate that has room. */
export interface AcquireCommand extends Request {
  readonly type: 'acquire'
  readonly candidates: readonly Candidate[]
  readonly strategy: Strategy
  /** Position at which a round robin starts. */
  readonly turn: number
  /**
   * Providers to skip because another session has locked their quota: by name, with the locked subject. Empty unless
   * given; set by a store that met the lock.
   */
  readonly busy?: ReadonlyMap<string, SubjectRef>
  /** If every candidate's quota is locked: true waits for a lock, false denies. True unless given. */
  readonly waitsForBusy?: boolean
}

/** Commits the usage of a reserved call. */
export interface CommitCommand {
  readonly type: 'commit'
  readonly reservationId: string
  readonly counts: Counts
  readonly estimated: boolean
  readonly outcome: CallOutcome
  /**
   * Whether the vendor does not know the model. The usage is then charged as a call without a model, so that no counter
   * is kept for an invented name. False unless given.
   */
  readonly isModelUnknown?: boolean
  readonly hash: string
}

/** Releases the reservation of a call that was never made. */
export interface ReleaseCommand {
  readonly type: 'release'
  readonly reservationId: string
}

/** Extends a reservation to now + `ttlMs`; never shortens it. */
export interface ExtendCommand {
  readonly type: 'extend'
  readonly reservationId: string
  readonly ttlMs: number
}

/** Records the usage of a call that was not reserved. Always accepted. */
export interface RecordCommand extends RecordedCall {
  readonly type: 'record'
  readonly id: string
  readonly hash: string
}

/** A quota as reported by its vendor. */
export interface QuotaFact {
  /** The kind of subject that the quota belongs to. */
  readonly scope: SubjectKind
  readonly metric: Metric
  readonly window: Window
  /** Units per window. */
  readonly max: number
  readonly remaining: number
  /** Whether it applies only to the called model. */
  readonly perModel: boolean
  /** Whether the vendor counts cached input. */
  readonly countsCached: boolean
  /** Where the vendor's days and months begin, at midnight. */
  readonly timeZone: string
  /**
   * When this window ends according to the vendor, epoch milliseconds; takes precedence over the calendar. Null or
   * absent if not stated. Not used for windows that refill continuously.
   */
  readonly resetsAtMs?: number | null
}

/** A classified refusal by a vendor. */
export interface Refusal {
  /** The kind of subject that it bars. */
  readonly scope: SubjectKind
  /** Glob of the models that it bars: `''` bars every call, null the called model. */
  readonly model: string | null
  readonly kind: CoolDownKind
  /** When it ends; null if the vendor states no instant, in which case trials are made. */
  readonly untilMs: number | null
  /** HTTP status of the answer; absent if unknown. */
  readonly httpStatus?: number | null
}

/**
 * The request that a vendor answered. `call`: counted by its limits. `models`: a list of models, not counted by limits
 * for calls. `unknown`: not stated.
 */
export type AnsweredRequest = 'call' | 'models' | 'unknown'

/** Applies what a vendor's answer reports of its quotas. */
export interface ObserveCommand {
  readonly type: 'observe'
  readonly providerName: string
  /** The called model, `''` for none; null for the attempt's. */
  readonly model: string | null
  /** The answered attempt; null for none. */
  readonly reservationId: string | null
  readonly facts: readonly QuotaFact[]
  readonly refusal: Refusal | null
  /** Whether the request succeeded. */
  readonly succeeded: boolean
  /** The answered request, which determines what a success proves; `call` unless given. */
  readonly answerTo?: AnsweredRequest
  /** Salted fingerprint of the key that the request carried; absent if unknown. */
  readonly keyFingerprint?: string | null
  /** How long ago the request left, for an answer without an attempt; 0 unless given. */
  readonly agoMs?: number
  /**
   * When the answer arrived by the caller's clock, on which its instants are based. Bounds how far they are trusted.
   */
  readonly receivedAtMs?: number
}

/** Adds limits that a vendor reported and that are not configured. */
export interface LearnLimitsCommand {
  readonly type: 'learnLimits'
  readonly providerName: string
  /** The model that was called, `''` for none. */
  readonly model: string
  readonly facts: readonly QuotaFact[]
}

/** Who changes settings. */
interface Administration {
  /** Who makes the change: `admin`, `file` or `demo`. */
  readonly actor: string
  /**
   * Who manages the owner after the change, and what the actor may change: only `file` changes what the configuration file
   * manages. `unchanged` leaves who manages it, also if that has changed since it was read.
   */
  readonly managedBy: ManagedBy | 'unchanged'
}

/**
 * What an upsert requires of its owner, as HTTP's `If-Match: *` and `If-None-Match: *` do; decided under the locks that
 * the change is made under. `exists`: it is in use, so that a removal by somebody else is not undone. `absent`: none in use
 * has the name, so that one that somebody else has made is not changed; a removed one is revived. Repeated after a lost
 * answer, `absent` meets its own owner.
 */
export type UpsertCondition = 'exists' | 'absent'

/** A change of an owner that may create it. */
interface Upsert extends Administration, SubjectSettings {
  /** Creates, changes or revives unless given. */
  readonly onlyIf?: UpsertCondition | undefined
  /** Changes it only if it was last changed in this millisecond: what others have changed since stays. */
  readonly expectedUpdatedAtMs?: number | undefined
}

/** Settings of any subject. Undefined ones stay, or take their defaults. */
export interface SubjectSettings {
  readonly timeZone?: string | undefined
  readonly dayStartsAt?: string | undefined
  readonly monthStartsOn?: number | undefined
  readonly limits?: readonly Limit[] | undefined
  readonly thresholdsPercent?: readonly number[] | undefined
}

/** Creates a provider, changes it or revives it. Undefined fields stay, or take their defaults. */
export interface UpsertProviderCommand extends Upsert {
  readonly type: 'upsertProvider'
  readonly name: string
  readonly vendor: string | undefined
  /** Null takes it out of its pool. */
  readonly pool: string | null | undefined
  /** Time zone of a new provider if `timeZone` is not given: its vendor's. UTC unless given. */
  readonly timeZoneWhenNew?: string | undefined
  readonly models: readonly string[] | undefined
  readonly priority: number | undefined
  readonly onExpiry: OnExpiry | undefined
  /** Null serves every consumer. */
  readonly consumers?: readonly string[] | null | undefined
  readonly metadata: Metadata | undefined
}

/** Creates, changes or revives an owner that has only limits and a parent, such as a pool. */
export interface UpsertSubjectCommand extends Upsert {
  readonly type: 'upsertSubject'
  readonly kind: PlainOwner['kind']
  readonly name: string
  /** Name of the parent; null removes it from its parent. Undefined keeps it. */
  readonly parent?: string | null | undefined
}

/** Creates, changes or revives a consumer. Undefined fields stay, or take their defaults. */
export interface UpsertConsumerCommand extends Upsert {
  readonly type: 'upsertConsumer'
  readonly kind: Consumer['kind']
  readonly name: string
  /** Name of the parent; null removes it from its parent. */
  readonly parent?: string | null | undefined
  /** Name of the plan; null for none. Its limits are taken over as they are now, whether or not this changes. */
  readonly plan?: string | null | undefined
  readonly models?: readonly string[] | undefined
  readonly providers?: readonly string[] | null | undefined
  readonly enabled?: boolean | undefined
  readonly strict?: boolean | undefined
  readonly showCost?: boolean | undefined
  readonly metadata?: Metadata | undefined
}

/** Removes an owner. Its history stays, and open attempts still settle. */
export interface RemoveSubjectCommand extends Administration {
  readonly type: 'removeSubject'
  readonly kind: SubjectKind
  readonly name: string
  /** Removes it only if it was last changed in this millisecond: what others have changed or made anew since stays. */
  readonly expectedUpdatedAtMs?: number | undefined
}

/** Enables or disables an owner. */
export interface SetEnabledCommand {
  readonly type: 'setEnabled'
  readonly kind: (Provider | Consumer)['kind']
  readonly name: string
  readonly enabled: boolean
  readonly actor: string
}

/** Ends the cool-downs of a provider, so that the next call tries it. */
export interface RetryProviderCommand {
  readonly type: 'retryProvider'
  readonly name: string
  readonly actor: string
}

/** States the provider's current key. If another key was refused, the next call tries this one. */
export interface RetryKeyCommand {
  readonly type: 'retryKey'
  readonly name: string
  /** Salted fingerprint of the key. */
  readonly keyFingerprint: string
  /** Whether to treat a refusal with an unknown key as one of another key. */
  readonly isOtherThanUnknown: boolean
}

/** Resets today's usage of a subject by signed ledger rows; that of a provider also in its pool. */
export interface ResetUsageCommand {
  readonly type: 'resetUsage'
  /** UUID of the first row; the other ids derive from it. Idempotent by this id. */
  readonly id: string
  readonly subject: SubjectRef
  readonly actor: string
}

/** Adds to a limit until an instant. */
export interface GrantQuotaCommand {
  readonly type: 'grantQuota'
  /** UUID of the grant. Idempotent by this id. */
  readonly id: string
  readonly subject: SubjectRef
  readonly limitId: string
  readonly amount: number
  readonly untilMs: number
  readonly actor: string
}

/** The immutable fields of a due attempt that expiring it needs. */
export interface DueAttempt {
  readonly id: string
  readonly subjects: readonly SubjectRef[]
  readonly model: string
  /** `''` or absent for none. */
  readonly endUser?: string
}

/**
 * Expires those of these attempts that are still pending and due, in this order: oldest first, so that the result does
 * not depend on the process. At most {@link attemptsOfStep} attempts.
 */
export interface ExpireCommand {
  readonly type: 'expire'
  readonly attempts: readonly DueAttempt[]
}

/**
 * Rewinds subjects that are ahead of the store's clock, and re-dates usage ahead of it to now, so that it counts in the
 * current windows. No usage is forgiven. A bounded step: see {@link Rewound}.
 */
export interface RewindCommand {
  readonly type: 'rewind'
  /** UUID from which the ids of added ledger rows derive. */
  readonly id: string
  /** Subjects that share calls: a pool with its members, or a provider without a pool. */
  readonly subjects: readonly SubjectRef[]
  readonly actor: string
}

/** Every command of the engine. */
export type Command =
  | RewindCommand
  | ExpireCommand
  | ReserveCommand
  | AcquireCommand
  | CommitCommand
  | ReleaseCommand
  | ExtendCommand
  | RecordCommand
  | ObserveCommand
  | LearnLimitsCommand
  | UpsertProviderCommand
  | UpsertSubjectCommand
  | UpsertConsumerCommand
  | RemoveSubjectCommand
  | SetEnabledCommand
  | RetryProviderCommand
  | RetryKeyCommand
  | ResetUsageCommand
  | GrantQuotaCommand
