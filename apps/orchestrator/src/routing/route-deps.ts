import type { QuotaApi } from '../api/quota-api.js'
import type { ModelCatalogue } from '../catalogue/model-catalogue.js'
import type { Log } from '../log.js'
import type { UnpricedModels } from '../settlement/priced-charge.js'
import type { CallPrices } from '../settlement/prices.js'
import type { ReservePolicy } from '../settlement/reservation.js'
import type { SettleQueue } from '../settlement/settle-queue.js'
import type { HeldKeys } from '../vendors/held-keys.js'
import type { VendorClient } from '../vendors/vendor-client.js'
import type { BarredModels } from './barred-models.js'
import type { CallsUnderWay } from './calls-under-way.js'
import type { ConsumerSettings } from './consumer-settings.js'
import type { FailingKeys } from './failing-keys.js'
import type { CallFiguresQueue } from './figures/call-figures-queue.js'
import type { Makers } from './makers.js'
import type { RejectedFields } from './rejected-fields.js'
import type { ReturnSpread } from './return-spread.js'
import type { RoutingSource } from './routing-source.js'
import type { TraceQueue } from './trace/trace-queue.js'
import type { WaitingRoom } from './waiting-room.js'

/** What routing depends on. */
export interface RouteDeps {
  readonly api: QuotaApi
  readonly routing: RoutingSource
  readonly catalogue: ModelCatalogue
  readonly vendors: VendorClient
  readonly settlements: SettleQueue
  readonly traces: TraceQueue
  readonly figures: CallFiguresQueue
  readonly barred: BarredModels
  readonly failing: FailingKeys
  readonly rejectedFields: RejectedFields
  readonly makers: Makers
  readonly consumers: ConsumerSettings
  readonly prices: CallPrices
  readonly unpriced: UnpricedModels
  readonly waitingRoom: WaitingRoom
  readonly returns: ReturnSpread
  readonly underWay: CallsUnderWay
  /** Keys that nothing may leave with. */
  readonly heldKeys: HeldKeys
  /** Called after keys in use were checked. */
  readonly onKeysChecked: () => void
  readonly policy: ReservePolicy
  /** Within this a request is answered, all its attempts included. */
  readonly timeoutMs: number
  /** How long a stream may say nothing. */
  readonly streamIdleMs: number
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: Log
}
