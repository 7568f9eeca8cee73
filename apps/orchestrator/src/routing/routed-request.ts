import type { Readable } from 'node:stream'
import type { QuotaApi } from '../api/quota-api.js'
import type { ModelCatalogue } from '../catalogue/model-catalogue.js'
import type { EndpointRequest } from '../endpoints/endpoint-request.js'
import type { Log } from '../log.js'
import type { ReservePolicy } from '../settlement/reservation.js'
import type { SettleQueue } from '../settlement/settle-queue.js'
import type { UnpricedModels } from '../settlement/unpriced-models.js'
import type { AnswerMemory } from '../vendors/answer-memory.js'
import type { HeldKeys } from '../vendors/held-keys.js'
import type { VendorClient } from '../vendors/vendor-client.js'
import type { BarredModels } from './barred-models.js'
import type { CallsUnderWay } from './calls-under-way.js'
import type { Refusal } from './refusal.js'
import type { RejectedFields } from './rejected-fields.js'
import type { ReturnSpread } from './return-spread.js'
import type { RoutingSource } from './routing-source.js'
import type { RoutingTrace } from './trace/request-trace.js'
import type { TraceQueue } from './trace/trace-queue.js'
import type { WaitingRoom } from './waiting-room.js'

/** What routing needs of the world. */
export interface RouteWorld {
  readonly api: QuotaApi
  readonly routing: RoutingSource
  readonly catalogue: ModelCatalogue
  readonly vendors: VendorClient
  readonly settlements: SettleQueue
  readonly traces: TraceQueue
  readonly barred: BarredModels
  readonly rejectedFields: RejectedFields
  readonly unpriced: UnpricedModels
  readonly waitingRoom: WaitingRoom
  readonly returns: ReturnSpread
  readonly underWay: CallsUnderWay
  /** Keys that nothing may leave with. */
  readonly heldKeys: HeldKeys
  readonly policy: ReservePolicy
  /** Within this a request is answered, all its attempts included. */
  readonly timeoutMs: number
  /** How long a stream may say nothing. */
  readonly streamIdleMs: number
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: Log
}

/** A request of a client. */
export interface RoutedRequest {
  readonly requestId: string
  /** Who it is for; '' for nobody named. */
  readonly consumer: string
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
}

/** What became of a request. */
export type RouteOutcome = { readonly attemptCount: number; readonly trace: RoutingTrace } & (
  | { readonly kind: 'answer'; readonly answer: VendorAnswer; readonly providerName: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The client has gone: there is nobody to answer. */
  | { readonly kind: 'gone' }
)
