import type {
  AccessTokens,
  AuditLog,
  CallBook,
  DatabaseState,
  DeliveryState,
  EndedSessionRows,
  KeptToken,
  RequestTraces,
} from '@quotakeeper/db'
import type { ConsumerTree, QuotaService } from '@quotakeeper/quota-core'
import type { Delivery } from '../alerts/deliver-alerts.js'
import type { AlertFollowers } from '../alerts/follow-alerts.js'
import type { ProviderPlaces } from '../config/provider-places.js'
import type { GatewayCalls } from '../gateway/gateway-calls.js'
import type { KeySealing } from '../keys/key-sealing.js'
import type { KeyBook } from '../keys/take-key-report.js'
import type { Log } from '../log.js'
import type { PriceBook } from '../prices/price-book.js'
import type { RoutingBook } from '../routing/routing-book.js'
import type { ReadLanes } from '../server/read-lanes.js'
import type { StatsWithKeys } from '../server/shared-stats.js'
import type { CalledProviders } from '../signals/called-providers.js'
import type { SharedOrganizations } from '../signals/shared-organizations.js'
import type { KnownTokens } from '../tokens/known-tokens.js'

/** The caller, identified by tokens. */
export interface Caller {
  /** Whether the caller may use the API at all. */
  readonly mayUse: boolean
  /** Whether the caller may change everything. */
  readonly mayChange: boolean
  /** Whether the call had a valid token. */
  readonly hasToken: boolean
  /** The name in the audit log. */
  readonly actor: string
  /** The caller's address, by which streams are limited. */
  readonly address: string
  /** The stored token, whose scopes and consumer bound what the caller may do; null for others. Never returned. */
  readonly token: KeptToken | null
}

/** Storage of request traces. */
export type RequestLog = Pick<RequestTraces, 'add' | 'find' | 'page'>

/** Channels of alerts and the state of deliveries. */
export interface Alerting {
  readonly delivery: Pick<Delivery, 'channels'>
  readonly followers: Pick<AlertFollowers, 'follow' | 'mayFollow'>
  states(alertIds: readonly string[]): Promise<readonly DeliveryState[]>
}

/** Services shared by all calls, created at start. */
export interface Services {
  readonly service: QuotaService
  readonly called: CalledProviders
  readonly organizations: SharedOrganizations
  readonly alerting: Alerting
  readonly requests: RequestLog
  /** Figures of calls by hour. */
  readonly calls: Pick<CallBook, 'add' | 'page'>
  readonly lanes: ReadLanes
  /** The stats of all providers. @throws QuotaError READ_REFUSED, STORE_UNAVAILABLE */
  allStats(): Promise<StatsWithKeys>
  readonly audit: Pick<AuditLog, 'page'>
  readonly keys: KeyBook
  readonly sealing: Pick<KeySealing, 'state' | 'enter' | 'remove' | 'list' | 'sealed' | 'offer'>
  readonly gateway: Pick<GatewayCalls, 'place' | 'ask'>
  /** The salt of key fingerprints. */
  readonly keySalt: string
  readonly routing: Pick<RoutingBook, 'forGateways' | 'view' | 'update'>
  readonly prices: Pick<PriceBook, 'at'>
  readonly places: Pick<ProviderPlaces, 'check'>
  /** The stored tokens, as far as they are known to this process. */
  readonly tokens: Pick<KnownTokens, 'find' | 'forget'>
  readonly tokenRows: Pick<AccessTokens, 'create' | 'page' | 'named' | 'revoke'>
  readonly consumerTree: ConsumerTree
  /** Storage of ended sessions, shared by replicas. */
  readonly sessions: Pick<EndedSessionRows, 'end' | 'read'>
  /** Path of the configuration file that was applied last; null for none. May be created while running. */
  readonly configFile: string | null
  readonly version: string
  /** ISO-8601. */
  readonly startedAt: string
  /** The first day, `YYYY-MM-DD`, whose ledger rows cannot have been removed yet. */
  ledgerWholeFrom(): string
  /** The state of the database. @throws QuotaError STORE_UNAVAILABLE */
  databaseState(): Promise<DatabaseState>
  /** Why the store does not answer or accept writes, within a bounded time; null if it serves. Never rejects. */
  storeFault(): Promise<string | null>
  readonly log: Log & { info(details: object, text: string): void }
}

/** The context of a procedure. Independent of HTTP, so that procedures can be called without it. */
export interface Context extends Services {
  readonly caller: Caller
}
