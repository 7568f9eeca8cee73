import type { Readable } from 'node:stream'
import type { EndpointRequest } from '../endpoints/endpoint-request.js'
import type { AnswerMemory } from '../vendors/answer-memory.js'
import type { Refusal } from './refusal.js'
import type { RoutingTrace } from './trace/routing-trace.js'

/** A request of a client. */
export interface RoutedRequest {
  readonly requestId: string
  /** Who it is for; '' for nobody named. */
  readonly consumer: string
  /** The consumer's end user; '' for none. */
  readonly endUser: string
  /** Whether it reserves all output that it requests, and is cut to what was reserved. */
  readonly isStrict: boolean
  /** The consumer of its client's token; null for none. Such a client learns nothing about providers, keys and other consumers. */
  readonly tokenConsumer: string | null
  /** As its endpoint has read it. */
  readonly asked: EndpointRequest
  /** What answers of vendors take memory from. */
  readonly memory: AnswerMemory
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

/** An answer of a vendor's for the client, as it stands. */
export interface VendorAnswer {
  readonly httpStatus: number
  readonly contentType: string
  /** A stream is to be read to its end, or destroyed. */
  readonly body: Buffer | Readable
  /** What of the request its vendor did not get; nothing if left out. */
  readonly leftOut?: readonly string[]
}

/** What became of a request. */
export type RouteOutcome = { readonly attemptCount: number; readonly trace: RoutingTrace } & (
  | { readonly kind: 'answer'; readonly answer: VendorAnswer; readonly providerName: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The client has gone: there is nobody to answer. */
  | { readonly kind: 'gone' }
)
