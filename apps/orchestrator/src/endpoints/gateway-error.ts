import type { GatewayCode } from './gateway-code.js'

/** An error of the gateway itself, in terms that every format can write. */
export interface GatewayError {
  readonly httpStatus: number
  /** OpenAI's class of it: `invalid_request_error`, `rate_limit_error`, `server_error`. */
  readonly type: string
  /** What it is exactly: `quota_exhausted`. */
  readonly code: GatewayCode
  /** For people: what happened, and what to do. */
  readonly message: string
  /** The field of the request at fault; null where there is none. */
  readonly param: string | null
  /** When to come again; left out or null when no such instant is known. */
  readonly retry?: Retry | null
  /** Whether a client's own retries are in vain, since somebody has to do something first. */
  readonly isRetryVain?: boolean
}

/** When to come again. */
export interface Retry {
  /** Epoch milliseconds: when quota returns. */
  readonly atMs: number
  /** Milliseconds from now: when this client is to come, a little later than others. At least 1. */
  readonly afterMs: number
  /** Whether it is so soon that clients may wait for it themselves. */
  readonly isNear: boolean
}

/** An error as it is sent. */
export interface WrittenError {
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body: unknown
}
