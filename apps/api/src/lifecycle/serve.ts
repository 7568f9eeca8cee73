import {
  AccessTokens,
  AlertFeed,
  AlertOutbox,
  AuditLog,
  CallBook,
  type Database,
  databaseState,
  describeUnreachable,
  EndedSessionRows,
  GatewayKeys,
  migrate,
  type OnNotice,
  openDatabase,
  PostgresQuotaStore,
  RequestTraces,
  RoutingFact,
  SealedKeys,
} from '@quotakeeper/db'
import { QuotaError, QuotaService, type StoreListener } from '@quotakeeper/quota-core'
import { type LiveEnvironment, listen, StartupError } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { channelsOfConfig } from '../alerts/channels-of-config.js'
import { deliverAlerts } from '../alerts/deliver-alerts.js'
import { AlertFollowers } from '../alerts/follow-alerts.js'
import { applyAgain } from '../config/apply-again.js'
import { applyFileTokens } from '../config/apply-tokens.js'
import { ConfigInUse } from '../config/config-in-use.js'
import { type ConfigFile, configure, defaultFile } from '../config/configure.js'
import { followPresets } from '../config/preset-of-provider.js'
import { ProviderPlaces } from '../config/provider-places.js'
import { pricesOfConfig } from '../config/setup-of-config.js'
import { watchConfig } from '../config/watch-config.js'
import { GatewayCalls } from '../gateway/gateway-calls.js'
import { KeySealing } from '../keys/key-sealing.js'
import { alertLog } from '../log/alert-log.js'
import { storeLog } from '../log/store-log.js'
import { ApiMetrics } from '../metrics/api-metrics.js'
import { PriceBook } from '../prices/price-book.js'
import { RoutingBook } from '../routing/routing-book.js'
import { createServer } from '../server/create-server.js'
import { ReadLanes } from '../server/read-lanes.js'
import { sharedStats } from '../server/shared-stats.js'
import type { Settings } from '../settings.js'
import { CalledProviders } from '../signals/called-providers.js'
import { SharedOrganizations } from '../signals/shared-organizations.js'
import { consumerTreeOf } from '../tokens/consumer-tree.js'
import { KnownTokens } from '../tokens/known-tokens.js'
import { startExpiry } from './expiry.js'
import { followEnvironment } from './follow-environment.js'
import { notifyLauncher } from './notify-launcher.js'
import { ledgerWholeFrom, startRetention } from './retention.js'
import { storeReadiness } from './store-readiness.js'

/** Options of the server. */
export interface ServeOptions {
  readonly settings: Settings
  readonly environment: LiveEnvironment
  readonly configFile: ConfigFile | null
  readonly version: string
  readonly log: Logger
}

/** A running server. */
export interface Serving {
  /** Its address: `http://127.0.0.1:4000`. */
  readonly origin: string
  /** Stops accepting, answers requests in flight, then closes the store and the database. */
  stop(): Promise<void>
}

/** How long requests under way may still take at the end, in milliseconds: half of what the whole end may. */
const answerPatienceMs = 5_000

/** How long a start is repeated while the server is there and does not answer in time. */
const lateServerMs = 20_000

/**
 * Opens the database, migrates its tables, applies the configuration and listens, in this order, so that the first
 * request finds everything in place. Closes everything again if a later step fails. Where the database does not answer
 * within the two seconds that a call waits for it, the start is repeated for a while: a busy machine takes longer.
 *
 * @throws StartupError in one line
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { databaseUrl } = options.settings
  const untilMs = performance.now() + lateServerMs
  for (;;) {
    try {
      return await serveOnce(options)
    } catch (error) {
      const unreachable = error instanceof StartupError ? null : describeUnreachable(error, databaseUrl)
      if (unreachable?.isLate !== true || performance.now() >= untilMs)
        throw startupErrorOf(error, databaseUrl)
      options.log.warn({}, `${unreachable.found}; it is asked again`)
    }
  }
}

async function serveOnce(options: ServeOptions): Promise<Serving> {
  const opened: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    // Closed once each, in reverse order of opening.
    for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close()
  }
  try {
    const database = await openAndMigrate(options)
    opened.push(() => database.close())
    const { app, service, close } = await assemble(database, options)
    opened.push(close, () => closeServer(app, options.log))
    const origin = await listen(app, {
      host: options.settings.host,
      port: options.settings.port,
      name: "Quotakeeper's API",
      portVariable: 'QUOTA_API_PORT',
    })
    const retention = startRetention({ database, days: options.settings.retention, log: options.log })
    opened.push(() => retention.stop())
    const expiry = startExpiry({ step: () => service.expireDue(), log: options.log })
    opened.push(() => expiry.stop())
    return { origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends connections whose client neither sends the rest of its request nor reads its answer. */
async function closeServer(app: FastifyInstance, log: Logger): Promise<void> {
  const patience = setTimeout(() => {
    log.warn({}, `not all requests were answered within ${answerPatienceMs / 1_000} s: the rest is cut off`)
    app.server.closeAllConnections()
  }, answerPatienceMs)
  await app.close().finally(() => clearTimeout(patience))
}

async function openAndMigrate({ settings, log }: ServeOptions): Promise<Database> {
  const onNotice: OnNotice = ({ level, text }) => {
    log[level]({}, text)
    notifyLauncher(text)
  }
  const database = await openDatabase(settings.databaseUrl, { onNotice })
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function assemble(
  database: Database,
  { settings, environment, configFile, version, log }: ServeOptions,
): Promise<{
  readonly app: FastifyInstance
  readonly service: QuotaService
  readonly close: () => Promise<void>
}> {
  const metrics = new ApiMetrics({ maxConsumers: settings.maxConsumersInMetrics })
  const outbox = new AlertOutbox(database)
  const channels = channelsOfConfig(configFile?.config ?? null, { environment: environment.current(), log })
  const delivery = deliverAlerts({
    outbox,
    channels,
    log,
    onTried: (kind, outcome) => metrics.alertDelivered(kind, outcome),
  })
  const followers = new AlertFollowers({ feed: new AlertFeed(database), log })
  const lines = alertLog(log)
  const onAlert: StoreListener['onAlert'] = alert => {
    lines.onAlert(alert)
    delivery.wake()
    followers.wake()
  }
  const failures = storeLog(log)
  const onUnavailable: StoreListener['onUnavailable'] = error => {
    metrics.engine.listener.onUnavailable(error)
    failures.onUnavailable(error)
  }
  const listener = { ...metrics.engine.listener, onAlert, onUnavailable }
  const store = new PostgresQuotaStore({ database, listener })
  const service = new QuotaService({ store })
  const inUse = new ConfigInUse(configFile)
  await configure(configFile, { service, log, environment: environment.current() })
  const prices = new PriceBook(configFile === null ? [] : pricesOfConfig(configFile.config), log)
  const fact = new RoutingFact(database)
  const routing = new RoutingBook({
    ...{ fact, service, log },
    get prices() {
      return prices.configured
    },
    get configFile() {
      return inUse.path
    },
  })
  await routing.applyFile(configFile?.config.routing ?? {})
  await followPresets(service, log)
  const keys = new GatewayKeys(database)
  const salt = await keys.salt()
  const gateway = new GatewayCalls(settings.gateway, log)
  const sealing = new KeySealing({ rows: new SealedKeys(database), service, reported: keys, gateway })
  const tokenRows = new AccessTokens(database)
  const consumerTree = consumerTreeOf(service)
  const tokens = new KnownTokens({ rows: tokenRows, consumerTree, log })
  const tokenTarget = { tokenRows, tokens, log }
  if (configFile !== null) await applyFileTokens(configFile.config, tokenTarget)
  const places = new ProviderPlaces(settings.places, configFile?.config ?? null)
  const services = {
    service,
    called: new CalledProviders(service),
    organizations: new SharedOrganizations(log),
    requests: new RequestTraces(database),
    calls: new CallBook(database),
    lanes: new ReadLanes(),
    allStats: sharedStats(service, keys),
    audit: new AuditLog(database),
    sessions: new EndedSessionRows(database),
    keys,
    tokens,
    tokenRows,
    consumerTree,
    keySalt: salt,
    sealing,
    gateway,
    alerting: { delivery, followers, states: (ids: readonly string[]) => outbox.states(ids) },
    routing,
    prices,
    places,
    get configFile() {
      return inUse.path
    },
    version,
    startedAt: new Date().toISOString(),
    ledgerWholeFrom: () => ledgerWholeFrom(settings.retention.ledgerDays),
    databaseState: () => databaseState(database),
    storeFault: storeReadiness({ service, writeFault: () => store.writeFault() }),
    log,
  }
  // A given file exists at the start: without one, the default file may be created.
  const path = configFile?.path ?? defaultFile
  const watch = watchConfig({
    ...{ path, before: configFile?.config ?? null, log },
    apply: config => {
      const target = { ...tokenTarget, service, routing, prices, places, delivery }
      return inUse.applyFile({ path, config }, () =>
        applyAgain(config, { ...target, environment: environment.current() }),
      )
    },
  })
  const following = followEnvironment(environment, { inUse, delivery, service, log })
  const app = createServer({
    ...{ services, log, metrics },
    ...{ access: settings.access, pathPrefix: settings.pathPrefix },
  })
  // Streams do not end by themselves, so the server would wait for them.
  app.addHook('preClose', async () => followers.stop())
  const close = async (): Promise<void> => {
    await watch.stop()
    await following.stop()
    await tokens.stop()
    await delivery.stop()
    await store.close()
  }
  return { app, service, close }
}

function startupErrorOf(error: unknown, databaseUrl: string): Error {
  if (error instanceof StartupError) return error
  const unreachable = describeUnreachable(error, databaseUrl)
  if (unreachable !== null)
    return new StartupError(`${unreachable.found}; ${unreachable.remedy}`, { cause: error })
  if (error instanceof QuotaError) return new StartupError(error.message, { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  return new StartupError(`cannot start: ${reason.replaceAll(/\s+/g, ' ')}`, { cause: error })
}
