import { hostname } from 'node:os'
import { uuidV7 } from '@quotakeeper/quota-core/rules'
import { type LiveEnvironment, listen, sealingPairs } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { awaitApi } from '../api/await-api.js'
import { createQuotaApi, type QuotaApi } from '../api/quota-api.js'
import { ModelCatalogue } from '../catalogue/model-catalogue.js'
import type { Endpoint } from '../endpoints/endpoint.js'
import { servedEndpoints } from '../endpoints/served-endpoints.js'
import { MemoryBudget } from '../gateway/body/memory-budget.js'
import { Spool } from '../gateway/body/spool.js'
import { CallsInFlight } from '../gateway/calls-in-flight.js'
import { createGateway } from '../gateway/create-gateway.js'
import { EnteredKeys } from '../keys/entered-keys.js'
import { KeyFiles } from '../keys/key-files.js'
import { KeyReporter } from '../keys/key-reporter.js'
import { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { BarredModels } from '../routing/barred-models.js'
import { CallsUnderWay } from '../routing/calls-under-way.js'
import { ConsumerSettings } from '../routing/consumer-settings.js'
import { FailingKeys } from '../routing/failing-keys.js'
import { CallFiguresQueue } from '../routing/figures/call-figures-queue.js'
import { Makers } from '../routing/makers.js'
import { RejectedFields } from '../routing/rejected-fields.js'
import { ReturnSpread } from '../routing/return-spread.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { RoutingSource } from '../routing/routing-source.js'
import { TraceQueue } from '../routing/trace/trace-queue.js'
import { WaitingRoom } from '../routing/waiting-room.js'
import type { Settings } from '../settings.js'
import { UnpricedModels } from '../settlement/priced-charge.js'
import { CallPrices } from '../settlement/prices.js'
import { SettleQueue } from '../settlement/settle-queue.js'
import { HeldKeys } from '../vendors/held-keys.js'
import { createVendorClient, type VendorClient } from '../vendors/vendor-client.js'
import { followEnvironment } from './follow-environment.js'
import { within } from './within.js'

/** How long answers may still take when the process is to stop, in milliseconds; what is left is cut off. */
const answerPatienceMs = 8_000
/** How long it may take to tell those who are cut off. */
const refusalPatienceMs = 1_000
/** How long settlements may still take then. */
const settlePatienceMs = 5_000
/** How long it may take to tell how the last requests were routed. */
const tracePatienceMs = 1_000

const maxHostLength = 100

/** What an orchestrator is started with. */
export interface OrchestratorOptions {
  readonly settings: Settings
  /** Where vendor keys are found. */
  readonly environment: LiveEnvironment
  readonly log: Logger
  /** What the gateway serves, {@link servedEndpoints} unless it is given. */
  readonly endpoints?: readonly Endpoint[]
  /** Ends the start. */
  readonly signal: AbortSignal
}

/** An orchestrator that answers. */
export interface Orchestrator {
  /** Where: `http://127.0.0.1:4100`. */
  readonly origin: string
  /** Stops accepting, answers what is in flight, settles, and lets go of all connections: within 15 s. */
  stop(): Promise<void>
}

/**
 * Waits for the API, then listens.
 *
 * @throws StartupError of one line
 */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const { settings, environment, endpoints = servedEndpoints, log, signal } = options
  const api = createQuotaApi({ url: settings.apiUrl, token: settings.apiToken })
  const vendors = createVendorClient()
  const waitingRoom = new WaitingRoom()
  const settlements = new SettleQueue({ api, log })
  const traces = new TraceQueue({ api, log })
  const figures = new CallFiguresQueue({ api, log })
  const calls = new CallsInFlight(settings.streamIdleMs)
  const spool = new Spool({ parent: settings.spoolParent, maxTotalBytes: settings.spoolBytes })
  const metrics = new GatewayMetrics({ settlements, waitingRoom })
  const gateway = gatewayName(settings)
  const entered = new EnteredKeys({ api, pairs: await sealingPairs(settings.sealingSecrets), gateway, log })
  let following: { stop(): Promise<void> } | null = null
  const keyFiles = new KeyFiles({ forbidden: ownSecrets(settings), log })
  try {
    const first = await awaitApi({
      api,
      url: settings.apiUrl,
      patienceMs: settings.apiPatienceMs,
      log,
      signal,
    })
    const own = { host: settings.gatewayHost, port: settings.gatewayPort }
    const clock = Date.now
    await entered.start(() => {
      // Once more, since a read that began before a provider was made would do for the first.
      const refreshed = routing.refresh().then(() => routing.refresh())
      refreshed.catch((error: unknown) => {
        log.warn({ err: error }, 'reading the routing configuration failed: entered keys are used later')
      })
    })
    const routing = await RoutingSource.open(first, {
      ...{ api, environment, own, entered, keyFiles, log, clock },
      onKeysChanged: () => keys.wake(),
    })
    keyFiles.start(() => routing.rebuild())
    following = followEnvironment(environment, routing, log)
    const heldKeys = new HeldKeys(routing)
    const meteredVendors = metrics.metered(vendors)
    const catalogue = new ModelCatalogue({ api, vendors: meteredVendors, heldKeys, clock, log })
    const keys = new KeyReporter({ api, routing, catalogue, gateway, log })
    const deps: RouteDeps = {
      api,
      routing,
      catalogue,
      vendors: meteredVendors,
      settlements,
      traces,
      figures,
      barred: new BarredModels(),
      failing: new FailingKeys(),
      rejectedFields: new RejectedFields(),
      makers: new Makers(),
      consumers: new ConsumerSettings(api),
      prices: new CallPrices({ log, clock }),
      unpriced: new UnpricedModels(log),
      waitingRoom,
      returns: new ReturnSpread(),
      underWay: new CallsUnderWay(),
      heldKeys,
      onKeysChecked: () => keys.wake(),
      policy: settings,
      timeoutMs: settings.vendorTimeoutMs,
      streamIdleMs: settings.streamIdleMs,
      clock,
      log,
    }
    const { gatewayToken: token, allowedHosts, allowedOrigins } = settings
    const access = { token, allowedHosts, allowedOrigins }
    await spool.clear()
    const budget = new MemoryBudget(settings.memoryBytes)
    const { maxBodyBytes: maxBytes, maxFormBytes } = settings
    const bodies = { maxBytes, maxFormBytes, budget, spool }
    const app = createGateway({ endpoints, deps, calls, access, bodies, metrics, log })
    // Before the first call comes: a key that was changed is to be tried from then on.
    await keys.start()
    const origin = await listenOrStop(app, settings, keys)
    return {
      origin,
      stop: async () => {
        catalogue.close()
        await entered.stop()
        await keyFiles.stop()
        await following?.stop()
        await keys.stop()
        await stopInOrder({ app, calls, settlements, traces, figures, vendors, api, log })
        await spool.close()
      },
    }
  } catch (error) {
    await entered.stop()
    await keyFiles.stop()
    await following?.stop()
    await Promise.all([vendors.close(), api.close()])
    throw error
  }
}

/** They open or allow more than a vendor's key does. */
function ownSecrets({ sealingSecrets, gatewayToken, apiToken }: Settings): readonly string[] {
  const all = [...sealingSecrets.split(/[\s,]+/), gatewayToken ?? '', apiToken ?? '']
  return all.filter(secret => secret !== '')
}

async function listenOrStop(app: FastifyInstance, settings: Settings, keys: KeyReporter): Promise<string> {
  try {
    return await listen(app, {
      host: settings.gatewayHost,
      port: settings.gatewayPort,
      name: "Quotakeeper's gateway",
      portVariable: 'QUOTA_GATEWAY_PORT',
    })
  } catch (error) {
    await keys.stop()
    throw error
  }
}

/** The same after a restart; of several at any free port each has its own. */
function gatewayName({ gatewayPort: port }: Settings): string {
  const host = hostname()
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, maxHostLength)
  return port === 0 ? `${host}:0-${uuidV7(Date.now())}` : `${host}:${port}`
}

async function stopInOrder(parts: {
  readonly app: FastifyInstance
  readonly calls: CallsInFlight
  readonly settlements: SettleQueue
  readonly traces: TraceQueue
  readonly figures: CallFiguresQueue
  readonly vendors: VendorClient
  readonly api: QuotaApi
  readonly log: Logger
}): Promise<void> {
  const { app, calls, settlements, traces, figures, vendors, api, log } = parts
  const closed = app.close()
  if (!(await within(closed, answerPatienceMs))) {
    log.warn({}, `not all requests were answered within ${answerPatienceMs / 1_000} s: the rest is aborted`)
    calls.abortAll()
    if (!(await within(closed, refusalPatienceMs))) app.server.closeAllConnections()
    await closed
  }
  const left = await settlements.stop(settlePatienceMs)
  if (left > 0) log.error({ left }, 'not everything is settled: the remaining reservations expire at the API')
  await within(Promise.all([traces.stop(), figures.stop()]), tracePatienceMs)
  await Promise.all([vendors.close(), api.close()])
}
