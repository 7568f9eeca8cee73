import type { AuditLog, DatabaseState, DeliveryState, EndedSessionRows, RequestTraces } from '@quotakeeper/db'
import type { AllStats, QuotaService } from '@quotakeeper/quota-core'
import type { AlertChannel } from '../alerts/channel.js'
import type { AlertFollowers } from '../alerts/follow-alerts.js'
import type { ProviderPlaces } from '../config/provider-places.js'
import type { RoutingSettings } from '../config/routing-settings.js'
import type { KeyBook } from '../keys/take-key-report.js'
import type { Log } from '../log.js'
import type { ReadLanes } from '../server/read-lanes.js'
import type { CalledProviders } from '../signals/called-providers.js'
import type { SharedOrganizations } from '../signals/shared-organizations.js'

/** Who is calling, as far as tokens tell. */
export interface Caller {
  /** Whether the caller may call anything at all. */
  readonly mayUse: boolean
  /** Whether the caller may change providers and pools, and reset usage. */
  readonly mayChange: boolean
  /** Whether a token came with the call that is one of ours. */
  readonly hasToken: boolean
  /** The name under which changes are audited. */
  readonly actor: string
  /** Where the call comes from, by which streams are bounded. */
  readonly address: string
}

/** Where the routing of requests is kept. */
export type RequestLog = Pick<RequestTraces, 'add' | 'find' | 'page'>

/** The ways to receivers of alerts, and how alerts stand with them. */
export interface Alerting {
  readonly channels: readonly AlertChannel[]
  readonly followers: Pick<AlertFollowers, 'follow' | 'mayFollow'>
  states(alertIds: readonly string[]): Promise<readonly DeliveryState[]>
}

/** What every call shares, made once at start. */
export interface Services {
  readonly service: QuotaService
  readonly called: CalledProviders
  readonly organizations: SharedOrganizations
  readonly alerting: Alerting
  readonly requests: RequestLog
  readonly lanes: ReadLanes
  /** How all providers stand. @throws QuotaError READ_REFUSED, STORE_UNAVAILABLE */
  allStats(): Promise<AllStats>
  readonly audit: Pick<AuditLog, 'page'>
  readonly keys: KeyBook
  /** What fingerprints of keys are salted with. */
  readonly keySalt: string
  readonly routing: RoutingSettings
  readonly places: Pick<ProviderPlaces, 'check'>
  /** Where sessions that were left are kept for every replica. */
  readonly sessions: Pick<EndedSessionRows, 'end' | 'read'>
  /** The configuration file that was applied, as it was named; null without one. */
  readonly configFile: string | null
  readonly version: string
  /** ISO-8601. */
  readonly startedAt: string
  /** The first day, `YYYY-MM-DD`, of which no row of the ledger can have been removed yet. */
  ledgerWholeFrom(): string
  /** What the database is. @throws QuotaError STORE_UNAVAILABLE */
  databaseState(): Promise<DatabaseState>
  /** Why the store does not answer or takes no writes, said within a bounded time; null where it serves. Never rejects. */
  storeFault(): Promise<string | null>
  readonly log: Log
}

/** What a procedure gets. No HTTP in it, so that procedures can be called without. */
export interface Context extends Services {
  readonly caller: Caller
}
