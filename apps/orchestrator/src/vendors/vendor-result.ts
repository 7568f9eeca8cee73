import type { Readable } from 'node:stream'

/** How a call ended. */
export type VendorResult =
  | {
      readonly kind: 'answered'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly body: Buffer
    }
  /** It has begun to arrive as a stream of events. Whoever gets it reads it to its end, or destroys it. */
  | {
      readonly kind: 'streaming'
      readonly httpStatus: number
      readonly headers: Readonly<Record<string, string | undefined>>
      readonly stream: Readable
    }
  /** Not a byte of it was sent. */
  | { readonly kind: 'unreached'; readonly reason: string }
  /** The vendor may have carried it out. `received` is what had come of the answer. */
  | { readonly kind: 'broken'; readonly reason: string; readonly received: Buffer }
  /** The vendor has carried it out, but there is no memory for its answer. `received` is what had come of it. */
  | { readonly kind: 'noRoom'; readonly received: Buffer }
  /** The answer was no longer wanted. */
  | { readonly kind: 'aborted'; readonly wasSent: boolean; readonly received: Buffer }
