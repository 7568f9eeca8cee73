import type { CallOutcome } from './attempt.js'
import type { CallRequest, RecordedCall } from './call-request.js'
import type { CoolDownKind } from './cool-down.js'
import type { Counts } from './counts.js'
import type { Limit } from './limit.js'
import type { Metric } from './metric.js'
import type { ManagedBy, Metadata, OnExpiry, PlainOwner } from './owner.js'
import type { Strategy } from './strategy.js'
import type { SubjectRef } from './subject.js'
import type { SubjectKind } from './subject-kinds.js'
import type { Window } from './window.js'

/** A request as a command. */
interface Request extends CallRequest {
  /** The attempt's id: a UUID. Repeating it with the same payload repeats the answer. */
  readonly id: string
  /** Hash of the payload, to tell a repetition from a reuse of the id. */
  readonly hash: string
}

/** Reserves quota of a provider for a call. */
export interface ReserveCommand extends Request {
  readonly type: 'reserve'
  readonly providerName: string
  /** `''` for a call without a model. */
  readonly model: string
}

/** A provider, and the model to call there, that could take a call. */
export interface Candidate {
  readonly providerName: string
  readonly model: string
}

/** Holds quota of the best candidate that has room. */
export interface AcquireCommand extends Request {
  readonly type: 'acquire'
  readonly candidates: readonly Candidate[]
  readonly strategy: Strategy
  /** Where a round robin starts. */
  readonly turn: number
  /**
   * Providers whose quota another session has locked at present, by name, each with the subject that is: they are left
   * out. None unless given: a store says so that has met the lock.
   */
  readonly busy?: ReadonlyMap<string, SubjectRef>
  /** Whether to wait for a lock where the quota of every candidate is locked, or else be denied. True unless given. */
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
   * Whether the vendor does not know the model: then what it has counted all the same is charged as a call without one, so
   * that nothing is kept by a name that somebody has invented. False unless given.
   */
  readonly isModelUnknown?: boolean
  readonly hash: string
}

/** Gives back what was held for a call that was never made. */
export interface ReleaseCommand {
  readonly type: 'release'
  readonly reservationId: string
}

/** Extends a reservation: until now + `ttlMs`, never shorter than before. */
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

/** What a vendor says of one of its quotas. */
export interface QuotaFact {
  /** The kind of the subject that it is a quota of. */
  readonly scope: SubjectKind
  readonly metric: Metric
  readonly window: Window
  /** Units per window, by the vendor. */
  readonly max: number
  readonly remaining: number
  /** Whether it concerns only the model that was called. */
  readonly perModel: boolean
  /** Whether the vendor counts cached input. */
  readonly countsCached: boolean
  /** Where the vendor's days and months begin, at midnight. */
  readonly timeZone: string
  /**
   * When this window ends by the vendor's own word, epoch milliseconds: it counts more than any calendar. Null or
   * absent where it doesn't say; of a window that refills continuously it says nothing.
   */
  readonly resetsAtMs?: number | null
}

/** A vendor's refusal, classified. */
export interface Refusal {
  /** The kind of the subject that it bars. */
  readonly scope: SubjectKind
  /** Glob of the models that it bars: `''` bars every call, null the model that was called. */
  readonly model: string | null
  readonly kind: CoolDownKind
  /** When it ends; null where the vendor names no instant: then trials are made. */
  readonly untilMs: number | null
  /** The status of the answer; left out where it is not known. */
  readonly httpStatus?: number | null
}

/**
 * Reports a vendor’s answer. `call`: one that its limits count. `models`: a question for its list of models,
 * which its limits for calls do not count. `unknown`: nobody said which.
 */
export type AnsweredRequest = 'call' | 'models' | 'unknown'

/** Takes note of what a vendor's answer says of its quotas. */
export interface ObserveCommand {
  readonly type: 'observe'
  readonly providerName: string
  /** The model that was called, `''` for none; null for that of the attempt. */
  readonly model: string | null
  /** The attempt that was answered; null for an answer without one. */
  readonly reservationId: string | null
  readonly facts: readonly QuotaFact[]
  readonly refusal: Refusal | null
  /** Whether the request was answered with success. */
  readonly succeeded: boolean
  /** What was answered, by which it is known what a success proves; a call unless given. */
  readonly answerTo?: AnsweredRequest
  /** Salted fingerprint of the key that the request carried; left out where it is not known. */
  readonly keyFingerprint?: string | null
  /** How long before now the request left, where there is no attempt to tell; 0 unless given. */
  readonly agoMs?: number
  /** When the answer came, by a caller's clock, from which its instants were reckoned: bounds what is believed of them. */
  readonly receivedAtMs?: number
}

/** Takes the limits that a vendor has told of, and that nobody configured, as limits of the subject. */
export interface LearnLimitsCommand {
  readonly type: 'learnLimits'
  readonly providerName: string
  /** The model that was called, `''` for none. */
  readonly model: string
  readonly facts: readonly QuotaFact[]
}

/** Who changes settings. */
interface Administration {
  /** Who does it: `admin`, `file`, `demo`. */
  readonly actor: string
  /** What the actor may change: `api` may not change what the file manages. */
  readonly managedBy: ManagedBy
}

/** Settings of any subject. Undefined ones stay, or take their defaults. */
export interface SubjectSettings {
  readonly timeZone: string | undefined
  readonly dayStartsAt: string | undefined
  readonly limits: readonly Limit[] | undefined
  readonly thresholdsPercent: readonly number[] | undefined
}

/** Creates a provider, changes it or revives it. Undefined fields stay, or take their defaults. */
export interface UpsertProviderCommand extends Administration, SubjectSettings {
  readonly type: 'upsertProvider'
  readonly name: string
  readonly vendor: string | undefined
  /** Null takes it out of its pool. */
  readonly pool: string | null | undefined
  /** What a provider that is new takes where no time zone is said: its vendor's. UTC unless given. */
  readonly timeZoneWhenNew?: string | undefined
  readonly models: readonly string[] | undefined
  readonly priority: number | undefined
  readonly onExpiry: OnExpiry | undefined
  readonly metadata: Metadata | undefined
}

/** Creates an owner that is nothing but its limits and its place, such as a pool, changes it or revives it. */
export interface UpsertSubjectCommand extends Administration, SubjectSettings {
  readonly type: 'upsertSubject'
  readonly kind: PlainOwner['kind']
  readonly name: string
  /** The name of its parent; null takes it out of it. Left out, it stays. */
  readonly parent?: string | null | undefined
}

/** Takes an owner out of use. History stays; open attempts still settle. */
export interface RemoveSubjectCommand extends Administration {
  readonly type: 'removeSubject'
  readonly kind: SubjectKind
  readonly name: string
}

/** Switches a provider off until an admin switches it on. */
export interface SetEnabledCommand {
  readonly type: 'setProviderEnabled'
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

/** Names the key that a provider has now: where another one was refused, the next call tries this one. */
export interface RetryKeyCommand {
  readonly type: 'retryKey'
  readonly name: string
  /** Salted fingerprint of the key. */
  readonly keyFingerprint: string
  /** Whether a refusal of which nobody knows the key was one of another key. */
  readonly isOtherThanUnknown: boolean
}

/** Takes today's usage of a subject back, of a provider from its pool, too, as signed rows of the ledger. */
export interface ResetUsageCommand {
  readonly type: 'resetUsage'
  /** UUID of the first of the rows, from which the ids of the others follow. Repeated, it has happened. */
  readonly id: string
  readonly subject: SubjectRef
  readonly actor: string
}

/** An attempt that is due, as far as expiring it needs. None of it ever changes. */
export interface DueAttempt {
  readonly id: string
  readonly subjects: readonly SubjectRef[]
  readonly model: string
}

/**
 * Expires those of these attempts that are still pending and due, in this order: oldest first, so that it does not
 * matter which process does it. At most {@link attemptsOfStep} of them.
 */
export interface ExpireCommand {
  readonly type: 'expire'
  readonly attempts: readonly DueAttempt[]
}

/**
 * Takes subjects that are ahead of the store's clock back to its present, and dates what came ahead of it now, so that
 * it counts in the windows of the present. Nothing is forgiven. A bounded step: see {@link Rewound}.
 */
export interface RewindCommand {
  readonly type: 'rewind'
  /** UUID from which the ids of rows that it adds to the ledger follow. */
  readonly id: string
  /** Subjects that calls have in common: a pool with its members, or a provider without one. */
  readonly subjects: readonly SubjectRef[]
  readonly actor: string
}

/** Everything that can be asked of the engine. */
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
  | RemoveSubjectCommand
  | SetEnabledCommand
  | RetryProviderCommand
  | RetryKeyCommand
  | ResetUsageCommand
