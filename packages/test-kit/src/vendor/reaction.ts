import type { IncomingHttpHeaders } from 'node:http'

/** Tokens as a vendor reports them. */
export interface ReportedUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

/** An answer given as it stands. */
export interface PlainAnswer {
  readonly kind: 'answer'
  readonly httpStatus: number
  readonly headers?: Readonly<Record<string, string>>
  /** A string and bytes are sent as they are, anything else as JSON. */
  readonly body: unknown
  readonly delayMs?: number
}

/** What the stand-in does with one call. */
export type Reaction =
  | PlainAnswer
  /** A completion in OpenAI's shape, streamed where the call asks for it. */
  | {
      readonly kind: 'complete'
      readonly text?: string
      /** Default: four characters a token, at most the call's `max_tokens`. null: no usage is reported. */
      readonly usage?: ReportedUsage | null
      readonly headers?: Readonly<Record<string, string>>
      readonly delayMs?: number
      /** Between two chunks of a stream. */
      readonly chunkDelayMs?: number
      /** A stream's connection breaks after so many chunks with text; no usage, no `[DONE]`. */
      readonly cutAfterChunks?: number
    }
  /** A body in pieces, each of which leaves before the next; then the end, a break, or nothing more. */
  | {
      readonly kind: 'pieces'
      readonly headers: Readonly<Record<string, string>>
      readonly pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>
      readonly ending?: 'end' | 'cut' | 'hang'
      readonly delayMs?: number
      /** Between two pieces. */
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
  /** The body's `model`; null where it names none. */
  readonly model: string | null
  /** The parsed JSON body; an empty object where there is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** Epoch milliseconds. */
  readonly startedAtMs: number
  /** null while it is open. */
  readonly endedAtMs: number | null
  /** null while it is open, and where no status was ever sent. */
  readonly httpStatus: number | null
  readonly ending: 'answered' | 'cut' | 'clientLeft' | null
}
