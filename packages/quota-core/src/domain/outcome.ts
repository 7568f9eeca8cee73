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
 * Codes of {@link Reason}. Only `explain` returns `no_key`, since it knows the gateways' keys; only `acquire` returns
 * `busy`, for candidates whose quota another session has locked.
 */
export type ReasonCode =
  | 'exhausted'
  | 'too_large'
  | 'cooling_down'
  | 'disabled'
  | 'model_not_served'
  | 'model_not_allowed'
  | 'provider_not_allowed'
  | 'price_unknown'
  | 'too_many_users'
  | 'busy'
  | 'no_key'

/** Why a subject refuses a call. */
export interface Reason {
  readonly subject: SubjectRef
  /** Null unless a limit is the reason. */
  readonly limitId: string | null
  readonly code: ReasonCode
  /** ISO-8601. When this request would fit; null if never. */
  readonly retryAt: string | null
  /** For `cooling_down`: why the vendor refused. */
  readonly cause?: CoolDownKind
  /** For `cooling_down`: HTTP status of the refusal; null if unknown. */
  readonly httpStatus?: number | null
  /** For `no_key`: the variable to set, such as `GROQ_API_KEY_2`; null if unknown. */
  readonly variable?: string | null
  /** For `too_large`: the metric of the limit. */
  readonly metric?: Metric
  /** For `too_large`: the window of the limit. */
  readonly window?: Window | null
  /** For `too_large`: the fewest units that the call needs. */
  readonly units?: number
  /** For `too_large`: units that the limit allows, active grants included. */
  readonly max?: number
}

/** The current state of a limit, for one model or for all. Figures are in units of the metric. */
export interface LimitState {
  readonly id: string
  readonly subject: SubjectRef
  readonly metric: Metric
  /** Null for `concurrency`. */
  readonly window: Window | null
  /** Null unless the limit counts each model separately, or concerns only some. */
  readonly model: string | null
  /** The end user that it counts apart, `''` for calls without one; null unless the limit counts each user separately. */
  readonly user: string | null
  /** Units per window, active grants included. Null counts without limiting. */
  readonly max: number | null
  /** Active grants, which `max` includes. */
  readonly grants: readonly GrantView[]
  readonly used: number
  readonly held: number
  readonly observed: number
  /** max − used − observed − held, never negative; null without a max. */
  readonly remaining: number | null
  /** ISO-8601. End of the calendar window; for a rolling one, when it would be full again. Null if never. */
  readonly resetsAt: string | null
  readonly mode: LimitMode
  /** `configured`, or `learned` from the vendor's answers. */
  readonly source: 'configured' | 'learned'
  /** The vendor's last report in this window; null if none. */
  readonly vendor: VendorFigures | null
}

/** Units added to a limit until an instant. */
export interface GrantView {
  readonly amount: number
  /** ISO-8601. */
  readonly until: string
}

/** The answer to {@link GrantQuotaCommand}. */
export interface QuotaGranted {
  readonly subject: SubjectRef
  readonly limitId: string
  /** Units that the limit allows now, active grants included. */
  readonly max: number | null
  readonly grants: readonly GrantView[]
}

/** A limit as reported by the vendor. */
export interface VendorFigures {
  readonly max: number
  readonly remaining: number
  /**
   * Units that the vendor had counted beyond our used and held units at that time; negative if we had counted more, as
   * for calls on their way.
   */
  readonly drift: number
  /** ISO-8601. When the answered call was reserved. */
  readonly reportedAt: string
}

/** A limit with a forecast of its exhaustion. */
export interface ForecastLimit extends LimitState {
  /**
   * ISO-8601. When it runs out at the current pace, see {@link exhaustsAtMs}; null if it lasts until its reset or has
   * no max.
   */
  readonly exhaustsAt: string | null
}

/** A limit after a grant. */
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
  /** The held counts: all that were requested, or with `atLeast` as much as fits. */
  readonly counts: Counts
  /** ISO-8601. */
  readonly expiresAt: string
  readonly limits: readonly GrantedLimit[]
}

export interface Denied {
  readonly decision: 'denied'
  readonly reasons: readonly Reason[]
  /** ISO-8601. When this request would fit; null if never. */
  readonly retryAt: string | null
}

export type ReserveAnswer = Granted | Denied

/** A candidate that was skipped, with the reasons. */
export interface Skipped {
  readonly providerName: string
  /** Null for a call without a model. */
  readonly model: string | null
  readonly reasons: readonly Reason[]
}

export type AcquireAnswer = (Granted | Denied) & { readonly skipped: readonly Skipped[] }

/** A model of a provider with limits or cool-downs per model. */
export interface ModelState {
  readonly model: string
  readonly status: QuotaStatus
  /** ISO-8601; null when it is available, or when no instant is known. */
  readonly availableAt: string | null
}

/** The current state of a provider's quota. */
export interface ProviderStats extends Counts {
  readonly providerName: string
  /** The provider's day, `YYYY-MM-DD`, that the counts cover. */
  readonly date: string
  /** Max of the worst daily limit; null without one. */
  readonly quotaLimit: number | null
  /** Unspent fraction 0…1 of the worst daily limit, ignoring held units; null without one. */
  readonly remainingPercentage: number | null
  readonly status: QuotaStatus
  readonly disabledBy: 'quota' | 'admin' | 'vendor' | null
  /** Whether a call of one unit could be granted now. */
  readonly available: boolean
  /** ISO-8601; null if available, or if no instant is known. */
  readonly availableAt: string | null
  readonly limits: readonly LimitState[]
  readonly models: readonly ModelState[]
  /**
   * Number of models with counters of their own that are not listed: the list holds models named in settings and the
   * 100 called last. Unlisted models are counted and limited too. Null in the answer to a call, which lists only models
   * named in settings and the called one.
   */
  readonly modelsLeftOut: number | null
}

/** {@link ProviderStats} with a forecast for each limit. */
export interface ForecastStats extends ProviderStats {
  readonly limits: readonly ForecastLimit[]
}

/** The answer to a settlement. */
export interface Settled {
  readonly reservationId: string
  readonly stats: ProviderStats
}

/** The answer to an observation. */
export interface Observed {
  /** Whether the observation changed counters or cool-downs. */
  readonly changed: boolean
  readonly stats: ProviderStats
}

/** {@link Observed} and the limit update to run as a separate command; null for none. */
export interface ObserveAnswer extends Observed {
  readonly limitUpdate: LearnLimitsCommand | null
}

/** The answer to {@link RetryKeyCommand}. */
export interface KeyRetried {
  readonly name: string
  /** Whether the refusal of another key ended. */
  readonly changed: boolean
  /** Whether the vendor has refused this key, or an unknown one, as a bad credential. */
  readonly refused: boolean
}

/** The answer to a step of {@link RewindCommand}. */
export interface Rewound {
  /** Whether the subjects are no longer ahead; if false, repeat the command. */
  readonly isDone: boolean
  /** Subjects to name as well, since they share attempts that are ahead. If not empty, nothing was changed. */
  readonly missing: readonly SubjectRef[]
  /** The subjects that were rewound. */
  readonly rewound: readonly AheadSubject[]
}

/** A subject that is ahead of the store's clock. */
export interface AheadSubject extends SubjectRef {
  readonly aheadMs: number
}

/** The answer to a reset: a provider's stats, or another subject's name. */
export type UsageReset = { readonly stats: ProviderStats } | { readonly name: string }

/** The answer type of each command. */
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
  readonly upsertProvider: { readonly name: string; readonly updatedAtMs: number }
  readonly upsertSubject: { readonly name: string }
  readonly upsertConsumer: { readonly name: string }
  readonly removeSubject: { readonly name: string }
  readonly setEnabled: { readonly name: string }
  readonly retryProvider: { readonly name: string }
  readonly retryKey: KeyRetried
  readonly resetUsage: UsageReset
  readonly grantQuota: QuotaGranted
}

/** The answer to a command. */
export type AnswerTo<C extends Command> = AnswerByType[C['type']]

/** Any answer. */
export type Answer = AnswerByType[Command['type']]

/** The result of a command: an answer, or an error that changed nothing. */
export type Outcome<A extends Answer = Answer> = Awaiting &
  ({ readonly ok: true; readonly answer: A } | { readonly ok: false; readonly error: QuotaError })

/** Present only on a denial that expiries may turn into a grant. */
export interface Awaiting {
  /** Subjects with due attempts; a store expires some of these and decides again before it answers. */
  readonly awaits?: readonly SubjectRef[]
}
