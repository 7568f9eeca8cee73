import type { Readable } from 'node:stream'

/** How a call ended. */
export type VendorResult =
  | {
      readonly kind: 'answered'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly body: Buffer
    }
  /** A starting event stream. The receiver must read it to its end or destroy it. */
  | {
      readonly kind: 'streaming'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly stream: Readable
    }
  /** Nothing was sent. */
  | { readonly kind: 'unreached'; readonly reason: string }
  /** The vendor may have executed the call. `received`: the partial answer. */
  | { readonly kind: 'broken'; readonly reason: string; readonly received: Buffer }
  /** The vendor executed the call, but there is no memory for its answer. `received`: the partial answer. */
  | { readonly kind: 'noRoom'; readonly received: Buffer }
  /** Aborted, since the answer was no longer needed. */
  | { readonly kind: 'aborted'; readonly wasSent: boolean; readonly received: Buffer }
