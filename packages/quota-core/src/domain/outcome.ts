import type { Command, LearnLimitsCommand } from './command.js'
import type { CoolDownKind } from './cool-down.js'
import type { Counts } from './counts.js'
import type { LimitMode } from './limit.js'
import type { Metric } from './metric.js'
import type { QuotaError } from './quota-error.js'
import type { SubjectRef } from './subject.js'
import type { QuotaStatus } from './thresholds.js'
import type { Window } from './window.js'

/**
 * What a reason is. `no_key` is told by `explain` alone, which knows of the gateways' keys; `busy` by `acquire` alone, of
 * candidates whose quota another session has locked.
 */
export type ReasonCode =
  | 'exhausted'
  | 'too_large'
  | 'cooling_down'
  | 'disabled'
  | 'model_not_served'
  | 'busy'
  | 'no_key'

/** Why a subject refuses a call. */
export interface Reason {
  readonly subject: SubjectRef
  /** Null unless a limit is the reason. */
  readonly limitId: string | null
  readonly code: ReasonCode
  /** ISO-8601. When this very request would fit; null when it never will by itself. */
  readonly retryAt: string | null
  /** Of `cooling_down`: what its vendor had against it. */
  readonly cause?: CoolDownKind
  /** Of `cooling_down`: the status of the refusal; null where it is not known. */
  readonly httpStatus?: number | null
  /** Of `no_key`: what is to be set, such as `GROQ_API_KEY_2`; null where it is not known. */
  readonly variable?: string | null
}

/** One limit, for one model or for all, as it stands. Units are those of the metric. */
export interface LimitState {
  readonly id: string
  readonly subject: SubjectRef
  readonly metric: Metric
  readonly window: Window
  /** Null unless the limit counts each model apart. */
  readonly model: string | null
  /** Null counts without limiting. */
  readonly max: number | null
  readonly used: number
  readonly held: number
  readonly observed: number
  /** max − used − observed − held, never negative; null without a max. */
  readonly remaining: number | null
  /** ISO-8601. End of the calendar window; of a rolling one, when it would be full again. */
  readonly resetsAt: string
  readonly mode: LimitMode
  /** Whether somebody configured it, or the vendor's answers tell of it. */
  readonly source: 'configured' | 'learned'
  /** What the vendor has last said of it in this window; null when it has said nothing. */
  readonly vendor: VendorFigures | null
}

/** A limit by the vendor's own account. */
export interface VendorFigures {
  readonly max: number
  readonly remaining: number
  /**
   * Units that the vendor had counted beyond our used and held ones when it said so; negative when we had
   * counted more, as for calls that were on their way.
   */
  readonly drift: number
  /** ISO-8601. When the call was reserved that it answered. */
  readonly reportedAt: string
}

/** A limit, and when it runs out. */
export interface ForecastLimit extends LimitState {
  /**
   * ISO-8601. When it runs out if calls go on as they do, see {@link exhaustsAtMs}; null when it lasts until
   * its reset, and without a max.
   */
  readonly exhaustsAt: string | null
}

/** A limit as a grant leaves it. */
export interface GrantedLimit extends LimitState {
  /** Whether a limit in shadow mode would have refused the call. False for enforced ones. */
  readonly wouldDeny: boolean
}

export interface Granted {
  readonly decision: 'granted'
  readonly reservationId: string
  readonly providerName: string
  /** Null for a call without a model. */
  readonly model: string | null
  /** What is held: all that was asked for, or with `atLeast` as much as fits. */
  readonly counts: Counts
  /** ISO-8601. */
  readonly expiresAt: string
  readonly limits: readonly GrantedLimit[]
}

export interface Denied {
  readonly decision: 'denied'
  readonly reasons: readonly Reason[]
  /** ISO-8601. When this very request would fit; null when it never will by itself. */
  readonly retryAt: string | null
}

export type ReserveAnswer = Granted | Denied

/** A candidate that was not chosen though it came first, or could not be. */
export interface Skipped {
  readonly providerName: string
  /** Null for a call without a model. */
  readonly model: string | null
  readonly reasons: readonly Reason[]
}

export type AcquireAnswer = (Granted | Denied) & { readonly skipped: readonly Skipped[] }

/** A model of a provider, where limits or cool-downs tell models apart. */
export interface ModelState {
  readonly model: string
  readonly status: QuotaStatus
  /** ISO-8601; null when it is available, or when no instant is known. */
  readonly availableAt: string | null
}

/** All there is to say of a provider's quota now. */
export interface ProviderStats extends Counts {
  readonly providerName: string
  /** The provider's day, `YYYY-MM-DD`; the counts are those of this day. */
  readonly date: string
  /** Max of the worst daily limit; null without one. */
  readonly quotaLimit: number | null
  /** Fraction 0…1 of the worst daily limit that is not spent, held units left out; null without one. */
  readonly remainingPercentage: number | null
  readonly status: QuotaStatus
  readonly disabledBy: 'quota' | 'admin' | 'vendor' | null
  /** Whether a call of one unit could be granted now. */
  readonly available: boolean
  /** ISO-8601. Null when it is available, or when no instant is known. */
  readonly availableAt: string | null
  readonly limits: readonly LimitState[]
  readonly models: readonly ModelState[]
  /**
   * Models that a limit counts apart and that are not listed: beside those that settings name, the hundred that were
   * called last are. They are counted and limited like the others. Null in the answer to a call, which lists no models
   * but those that settings name and the one that was called.
   */
  readonly modelsLeftOut: number | null
}

/** The same, with a forecast for each limit. */
export interface ForecastStats extends ProviderStats {
  readonly limits: readonly ForecastLimit[]
}

/** What a settled attempt leaves behind. */
export interface Settled {
  readonly reservationId: string
  readonly stats: ProviderStats
}

/** What an observation changed. */
export interface Observed {
  /** Whether anything is believed or barred now that was not before. */
  readonly changed: boolean
  readonly stats: ProviderStats
}

/** The same, and what to learn from the vendor's answer by a command of its own; null for nothing new. */
export interface ObserveAnswer extends Observed {
  readonly limitUpdate: LearnLimitsCommand | null
}

/** How a provider's key stands. */
export interface KeyRetried {
  readonly name: string
  /** Whether the refusal of another key was ended. */
  readonly changed: boolean
  /** Whether its vendor has refused this very key, or one that nobody knows, as a bad credential. */
  readonly refused: boolean
}

/** What a step of {@link RewindCommand} has done. */
export interface Rewound {
  /** Whether nothing of the subjects is ahead any more; else the command is to be given again. */
  readonly isDone: boolean
  /** Subjects that have attempts ahead with these in common: they must be named, too. Nothing was changed then. */
  readonly missing: readonly SubjectRef[]
  /** Those that were ahead and no longer are. */
  readonly rewound: readonly AheadSubject[]
}

/** A subject that is ahead of the store's clock. */
export interface AheadSubject extends SubjectRef {
  readonly aheadMs: number
}

/** What a reset answers: a provider's stats, of another subject its name. */
export type UsageReset = { readonly stats: ProviderStats } | { readonly name: string }

/** An answer to each type of command. */
interface AnswerByType {
  readonly rewind: Rewound
  readonly expire: { readonly expired: number }
  readonly reserve: ReserveAnswer
  readonly acquire: AcquireAnswer
  readonly commit: Settled
  readonly release: Settled
  readonly extend: { readonly reservationId: string; readonly expiresAt: string }
  readonly record: Settled
  readonly observe: ObserveAnswer
  readonly learnLimits: { readonly changed: boolean }
  readonly upsertProvider: { readonly name: string }
  readonly upsertSubject: { readonly name: string }
  readonly removeSubject: { readonly name: string }
  readonly setProviderEnabled: { readonly name: string }
  readonly retryProvider: { readonly name: string }
  readonly retryKey: KeyRetried
  readonly resetUsage: UsageReset
}

/** The answer to a command. */
export type AnswerTo<C extends Command> = AnswerByType[C['type']]

/** Any answer. */
export type Answer = AnswerByType[Command['type']]

/** What became of a command: an answer, or an error that changed nothing. */
export type Outcome<A extends Answer = Answer> = Awaiting &
  ({ readonly ok: true; readonly answer: A } | { readonly ok: false; readonly error: QuotaError })

/** There only on a denial that expiries may turn into a grant. */
export interface Awaiting {
  /** Subjects with attempts that are due: a store expires some of them and decides once more before it answers. */
  readonly awaits?: readonly SubjectRef[]
}
