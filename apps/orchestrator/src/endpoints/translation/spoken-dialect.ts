import type { EndpointName } from '@quotakeeper/vendors'
import type { DialectName } from '@quotakeeper/wire'
import type { RequestedOutput, RequestedStream, VendorRequest, VendorTarget } from '../endpoint-request.js'
import type { JsonFormat } from '../read-json-answer.js'
import type { JsonRequest } from '../read-json-request.js'
import type { StreamDialect } from '../stream-dialect.js'

/** A request in the dialect of the vendor that it goes to. */
export interface DialectRequest extends JsonRequest {
  readonly output: RequestedOutput
  readonly isStream: boolean
  /** Whether its client speaks this dialect: what it sends goes on as it came. */
  readonly isOwn: boolean
  /** What of its client's request goes on beside the body; nothing if left out. */
  readonly passedOn?: PassedOn
}

/** What goes on to vendors of the client's own dialect, beside the body. */
export interface PassedOn {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Without its `?`; may be empty. */
  readonly query: string
}

/** One of the dialects that are translated into each other, as vendors speak it. */
export interface SpokenDialect {
  readonly name: DialectName
  readonly endpoint: EndpointName
  /** What its answers are. */
  readonly format: JsonFormat & { readonly stream: StreamDialect }
  /** Begins what stands in for its own failures in a stream that goes on as it came; absent where its dialect has none. */
  readonly rewrite?: RequestedStream['rewrite']
  /** The ids of its answers, of what is unique. */
  idOf(unique: string): string
  /** A request as one vendor gets it, with the model by the vendor's name and the granted output as its cap. */
  write(request: DialectRequest, target: VendorTarget): VendorRequest
}
