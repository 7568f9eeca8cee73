import type { IncomingHttpHeaders } from 'node:http'
import type { EndpointRequest } from './endpoint-request.js'
import type { FormBody } from './form-body.js'

/**
 * One endpoint of the gateway, with all that is its wire format's. Routing, settlement and vendors know endpoints by
 * this interface and that of their requests alone: another one is a folder beside this file, and a line in
 * `served-endpoints.ts`.
 */
export interface Endpoint {
  /**
   * Where clients find it: `/v1/chat/completions`, in all its forms, or one with parameters, each a whole part:
   * `/v1beta/models/:call`. Served by POST.
   */
  readonly path: string
  /** The media type of its bodies. `application/json` comes as text, anything else as bytes. */
  readonly contentType: string
  /** Whether its bodies are forms with files, which come stored, their fields read. False if left out: as bytes. */
  readonly isStoredForm?: boolean
  /** Whether the files of its forms are sounds whose seconds count. False if left out. */
  readonly countsAudio?: boolean
  /**
   * The client's token where the format has a header of its own for it, as Anthropic's `x-api-key`; null where it
   * has none, or the client has not sent it. `Authorization: Bearer` is read for every endpoint.
   */
  clientToken(headers: IncomingHttpHeaders): string | null
  /** Reads a request as far as routing needs it. All else is for the vendor to check. */
  readRequest(request: ClientRequest): ReadRequest
  /** An error of the gateway as clients of this format expect it. */
  writeError(error: GatewayError): WrittenError
}

/** A request as it has arrived. */
export interface ClientRequest {
  /** Text where it is JSON by its media type, a stored form where the endpoint takes one, decoded bytes otherwise; empty without a body. */
  readonly body: string | Buffer | FormBody
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  /** What the path names, decoded: `model` for one, as in Azure's paths and Gemini's. */
  readonly parameters: Readonly<Record<string, string>>
}

/** What came of reading a request. */
export type ReadRequest =
  | { readonly ok: true; readonly request: EndpointRequest }
  | { readonly ok: false; readonly error: GatewayError }

/** An error of the gateway itself, in terms that every format can write. */
export interface GatewayError {
  readonly httpStatus: number
  /** OpenAI's class of it: `invalid_request_error`, `rate_limit_error`, `server_error`. */
  readonly type: string
  /** What it is exactly: `quota_exhausted`. */
  readonly code: string
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
