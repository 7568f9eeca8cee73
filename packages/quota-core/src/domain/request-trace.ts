/** One attempt at a vendor for a client's request. */
export interface AttemptTrace {
  readonly providerName: string
  readonly model: string
  /** The vendor's HTTP status; null if it did not answer. */
  readonly httpStatus: number | null
  /** The result in a few words: `answered`, `refused`, or the fault. */
  readonly ending: string
}

/** A skipped provider, and why. */
export interface SkipTrace {
  readonly providerName: string
  readonly model: string
  readonly reasons: readonly {
    readonly code: string
    /** Null unless a limit is the reason. */
    readonly limitId: string | null
    /** ISO-8601; null if unknown. */
    readonly retryAt: string | null
    /** Why the vendor refused the key, with the HTTP status; absent for other reasons. */
    readonly cause?: string | undefined
    readonly httpStatus?: number | null | undefined
    /** For a call that is too large: what the limit measures, the units that it needs, and those allowed. */
    readonly metric?: string | undefined
    readonly window?: string | null | undefined
    readonly units?: number | undefined
    readonly max?: number | undefined
  }[]
}

/** How a client's request was routed. Holds nothing of its content or answer. */
export interface RequestTrace {
  readonly requestId: string
  /** ISO-8601. When the request arrived. */
  readonly at: string
  /** The model as named by the client. */
  readonly model: string
  readonly outcome: 'answered' | 'refused' | 'aborted'
  /** HTTP status of the answer; null if the client had disconnected. */
  readonly httpStatus: number | null
  /** Error code of a refusal; `''` for none. */
  readonly code: string
  /** The provider that served it; `''` for none. */
  readonly providerName: string
  /** The consumer of the call; `''` or absent for none. */
  readonly consumer?: string | undefined
  readonly strategy: string
  readonly isStream: boolean
  /** Time spent waiting for quota to return. */
  readonly waitedMs: number
  /** Time from arrival to the first byte of the answer. */
  readonly durationMs: number
  readonly attempts: readonly AttemptTrace[]
  readonly skipped: readonly SkipTrace[]
}

/** The fields of a trace that are stored as JSON and not queried. */
export type TraceDetails = Pick<
  RequestTrace,
  'strategy' | 'isStream' | 'waitedMs' | 'durationMs' | 'attempts' | 'skipped'
>

/** A stored trace. Equal refusals within a minute are stored as one, with the details of the last. */
export interface KeptTrace extends RequestTrace {
  /** Number of requests that it represents. */
  readonly count: number
  /** Ids of the latest 20 of these requests; `requestId` is the last. */
  readonly requestIds: readonly string[]
  /** ISO-8601. When the first of them arrived; `at` is the last. */
  readonly firstAt: string
}

/** Filters of traces; null for any. */
export interface TracesQuery {
  readonly cursor: string | null
  readonly pageSize: number
  readonly outcome: RequestTrace['outcome'] | null
  /** The provider that served them. */
  readonly providerName: string | null
  readonly model: string | null
  /** Only those for these consumers; all unless given. */
  readonly consumers?: readonly string[]
  /** ISO-8601: from `from`, inclusive, to `to`, exclusive. */
  readonly from: string | null
  readonly to: string | null
}
