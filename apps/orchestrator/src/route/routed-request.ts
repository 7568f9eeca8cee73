import type { Readable } from 'node:stream'
import type { QuotaApi } from '../api/quota-api.js'
import type { ModelCatalogue } from '../catalogue/model-catalogue.js'
import type { ReservePolicy } from '../counting/reservation.js'
import type { Door } from '../doors/door.js'
import type { Log } from '../log.js'
import type { UnpricedModels } from '../money/unpriced-models.js'
import type { BarredModels } from '../routing/barred-models.js'
import type { RejectedFields } from '../routing/rejected-fields.js'
import type { RoutingSource } from '../routing/routing-source.js'
import type { SettleQueue } from '../settle/settle-queue.js'
import type { Story } from '../trace/request-story.js'
import type { TraceQueue } from '../trace/trace-queue.js'
import type { AnswerMemory } from '../vendor/answer-memory.js'
import type { HeldKeys } from '../vendor/held-keys.js'
import type { VendorClient } from '../vendor/vendor-client.js'
import type { CallsUnderWay } from './calls-under-way.js'
import type { Refusal } from './refusal.js'
import type { ReturnSpread } from './return-spread.js'
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
  readonly door: Door
  /** As the client has named it. */
  readonly model: string
  /** The client's JSON text: an object with a `model`. */
  readonly text: string
  /** The same, parsed. */
  readonly body: unknown
  /** Whether the answer is to be streamed. */
  readonly isStream: boolean
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
export type RouteOutcome = { readonly attemptCount: number; readonly story: Story } & (
  | { readonly kind: 'answer'; readonly answer: VendorAnswer; readonly providerName: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  /** The client has gone: there is nobody to answer. */
  | { readonly kind: 'gone' }
)
