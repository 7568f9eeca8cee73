import type { IncomingHttpHeaders } from 'node:http'

/** Tokens as a vendor reports them. */
export interface ReportedUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

/** A fixed answer. */
export interface PlainAnswer {
  readonly kind: 'answer'
  readonly httpStatus: number
  readonly headers?: Readonly<Record<string, string>>
  /** Strings and bytes are sent unchanged, anything else as JSON. */
  readonly body: unknown
  readonly delayMs?: number
}

/** How the stand-in reacts to a call. */
export type Reaction =
  | PlainAnswer
  /** A completion in OpenAI's format, streamed if requested. */
  | {
      readonly kind: 'complete'
      readonly text?: string
      /** Default: four characters a token, at most the call's `max_tokens`. Null: no usage is reported. */
      readonly usage?: ReportedUsage | null
      readonly headers?: Readonly<Record<string, string>>
      readonly delayMs?: number
      /** Delay between two chunks of a stream. */
      readonly chunkDelayMs?: number
      /** Breaks the connection after this many chunks with text, without usage or `[DONE]`. */
      readonly cutAfterChunks?: number
    }
  /** A body sent in parts, each flushed before the next; then the end, a break, or silence. */
  | {
      readonly kind: 'pieces'
      readonly headers: Readonly<Record<string, string>>
      readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>
      readonly ending?: 'end' | 'cut' | 'hang'
      readonly delayMs?: number
      /** Delay between two parts. */
      readonly pieceDelayMs?: number
    }
  /** The connection breaks without an answer. */
  | { readonly kind: 'cut'; readonly delayMs?: number }
  /** Never answers. */
  | { readonly kind: 'hang' }

/** One call that has arrived at the stand-in. */
export interface VendorCall {
  /** From 0, in the order of arrival. */
  readonly index: number
  readonly method: string
  /** Without the query, such as `/v1/chat/completions`. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The bearer token, or Azure's `api-key`; null without either. */
  readonly apiKey: string | null
  /** The body's `model`; null for none. */
  readonly model: string | null
  /** The parsed JSON body; an empty object if there is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** Epoch milliseconds. */
  readonly startedAtMs: number
  /** null while it is open. */
  readonly endedAtMs: number | null
  /** null while it is open, and where no status was ever sent. */
  readonly httpStatus: number | null
  readonly ending: 'answered' | 'cut' | 'clientLeft' | null
}
