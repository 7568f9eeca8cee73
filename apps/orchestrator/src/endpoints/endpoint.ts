import type { IncomingHttpHeaders } from 'node:http'
import type { EndpointRequest } from './endpoint-request.js'
import type { FormBody } from './form-body.js'
import type { GatewayError, WrittenError } from './gateway-error.js'

/**
 * One endpoint of the gateway, with everything that depends on its wire format. Routing, settlement and vendors know endpoints by
 * this interface and that of their requests alone: docs/architecture.md lists the files of
 * a new one.
 */
export interface Endpoint {
  /**
   * Where clients find it: `/v1/chat/completions`, in all its forms, or one with parameters, each a whole part, or the
   * rest of the path: `/v1beta/models/*`. Served by POST.
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
   * has none, or the client has not sent it. Google's may stand in the query. `Authorization: Bearer` is read for every
   * endpoint.
   */
  clientToken(headers: IncomingHttpHeaders, query: URLSearchParams): string | null
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
  /** By which it is found again; of what ids of answers are made that the gateway gives itself. */
  readonly id: string
  /** When it came, epoch milliseconds. */
  readonly cameAtMs: number
}

/** The result of reading a request. */
export type ReadRequest =
  | { readonly ok: true; readonly request: EndpointRequest }
  | { readonly ok: false; readonly error: GatewayError }
