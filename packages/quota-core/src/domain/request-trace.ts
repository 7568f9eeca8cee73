/** An attempt at a vendor for a request. */
export interface AttemptTrace {
  readonly providerName: string
  readonly model: string
  /** The vendor's; null where it did not answer. */
  readonly httpStatus: number | null
  /** What came of it, in a few words: `answered`, `refused`, the fault. */
  readonly ending: string
}

/** A key that was not called, and why. */
export interface SkipTrace {
  readonly providerName: string
  readonly model: string
  readonly reasons: readonly {
    readonly code: string
    /** Null unless a limit is the reason. */
    readonly limitId: string | null
    /** ISO-8601; null where no return is known. */
    readonly retryAt: string | null
    /** What its vendor had against the key, and the status of that; left out for other reasons. */
    readonly cause?: string | undefined
    readonly httpStatus?: number | null | undefined
  }[]
}

/** How a request of a client was routed. Nothing of what it asked or was answered. */
export interface RequestTrace {
  readonly requestId: string
  /** ISO-8601. When it came. */
  readonly at: string
  /** As the client named it. */
  readonly model: string
  readonly outcome: 'answered' | 'refused' | 'aborted'
  /** What the client was answered; null where it had gone. */
  readonly httpStatus: number | null
  /** The code of a refusal; '' for none. */
  readonly code: string
  /** Who served it; '' for nobody. */
  readonly providerName: string
  readonly strategy: string
  readonly isStream: boolean
  /** How long it waited for quota to return. */
  readonly waitedMs: number
  /** From its arrival to the first byte of its answer. */
  readonly durationMs: number
  readonly attempts: readonly AttemptTrace[]
  readonly skipped: readonly SkipTrace[]
}

/** What is kept of a trace as it is, and not asked by. */
export type TraceDetails = Pick<
  RequestTrace,
  'strategy' | 'isStream' | 'waitedMs' | 'durationMs' | 'attempts' | 'skipped'
>

/** The same as it is kept: refusals that are alike within a minute are one, with the last of them. */
export interface KeptTrace extends RequestTrace {
  /** How many requests it stands for. */
  readonly count: number
  /** Their ids, the latest 20 of them. `requestId` is the last. */
  readonly requestIds: readonly string[]
  /** ISO-8601. When the first of them came; `at` is the last. */
  readonly firstAt: string
}

/** Which traces are wanted; null for any. */
export interface TracesQuery {
  readonly cursor: string | null
  readonly pageSize: number
  readonly outcome: RequestTrace['outcome'] | null
  /** Who served them. */
  readonly providerName: string | null
  readonly model: string | null
  /** ISO-8601: from this instant on, and before that one. */
  readonly from: string | null
  readonly to: string | null
}
