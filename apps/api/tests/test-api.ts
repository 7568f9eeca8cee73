import { MemoryQuotaStore, QuotaService, type QuotaStore, unregisteredTree } from '@quotakeeper/quota-core'
import type { Environment } from '@quotakeeper/server-kit'
import { createLog } from '@quotakeeper/server-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { configure, findConfig } from '../src/config/configure.js'
import { ProviderPlaces } from '../src/config/provider-places.js'
import { pricesOfConfig } from '../src/config/setup-of-config.js'
import { GatewayCalls } from '../src/gateway/gateway-calls.js'
import type { AppRouter } from '../src/index.js'
import { storeReadiness } from '../src/lifecycle/store-readiness.js'
import { alertLog } from '../src/log/alert-log.js'
import { ApiMetrics } from '../src/metrics/api-metrics.js'
import { PriceBook } from '../src/prices/price-book.js'
import type { Alerting, RequestLog, Services } from '../src/router/context.js'
import { RoutingBook } from '../src/routing/routing-book.js'
import { createServer } from '../src/server/create-server.js'
import { ReadLanes } from '../src/server/read-lanes.js'
import { sharedStats } from '../src/server/shared-stats.js'
import { parseSettings } from '../src/settings.js'
import { CalledProviders } from '../src/signals/called-providers.js'
import { SharedOrganizations } from '../src/signals/shared-organizations.js'

/** An API over real HTTP, with a store in memory and all other parts real. */
export interface TestApi extends AsyncDisposable {
  readonly origin: string
  readonly client: TRPCClient<AppRouter>
  readonly service: QuotaService
  /** The parsed log lines. */
  readonly logged: readonly Readonly<Record<string, unknown>>[]
  /** Plain HTTP: the path below the origin. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** Plain HTTP with a JSON body; POST unless given. */
  sendJson(path: string, body: unknown, init?: RequestInit): Promise<Response>
}

export interface TestApiOptions {
  /** The settings' variables. */
  readonly environment?: Environment
  /** Sent with every call of `client`. */
  readonly token?: string
  readonly store?: QuotaStore
  readonly now?: () => number
}

/** The memory store has no request log, which is tested on a real database. */
const noRequestLog: RequestLog = {
  add: () => Promise.reject(new Error('there is no request log')),
  find: () => Promise.reject(new Error('there is no request log')),
  page: () => Promise.reject(new Error('there is no request log')),
}

/** Nor figures of calls. */
const noCalls: Services['calls'] = {
  add: () => Promise.reject(new Error('there are no figures of calls')),
  page: () => Promise.reject(new Error('there are no figures of calls')),
}

/** Tokens need a real database. */
const noTokens: Services['tokenRows'] = {
  create: () => Promise.reject(new Error('there are no tokens')),
  page: () => Promise.reject(new Error('there are no tokens')),
  named: () => Promise.reject(new Error('there are no tokens')),
  revoke: () => Promise.reject(new Error('there are no tokens')),
}

/** Entered keys need a real database, and gateways. */
const noSealing: Services['sealing'] = {
  state: () => Promise.reject(new Error('there are no entered keys')),
  enter: () => Promise.reject(new Error('there are no entered keys')),
  remove: async () => false,
  list: async () => [],
  sealed: async () => ({ revision: '', keys: [] }),
  offer: async () => {},
}

/** Stored settings of routing, for one API. */
function factInMemory() {
  let stored: string | null = null
  return {
    read: async () => stored,
    replace: async (before: string | null, after: string) => {
      const isCurrent = before === stored
      if (isCurrent) stored = after
      return isCurrent
    },
  }
}

/** Following alerts needs a real database. */
const noFollowers: Alerting['followers'] = {
  mayFollow: () => true,
  follow: () => {
    throw new Error('there is no feed of alerts')
  },
}

/** Starts a separate API; closed by `await using`. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const logged: Record<string, unknown>[] = []
  const log = createLog('debug', { write: line => void logged.push(JSON.parse(line)) })
  const environment = options.environment ?? {}
  const settings = parseSettings(environment)
  const metrics = new ApiMetrics({ maxConsumers: settings.maxConsumersInMetrics })
  const store =
    options.store ??
    new MemoryQuotaStore({
      now: options.now ?? Date.now,
      listener: { ...alertLog(log), ...metrics.engine.listener },
    })
  const service = new QuotaService({ store })
  const configFile = findConfig(settings.configPath)
  await configure(configFile, { service, log, environment })
  const prices = configFile === null ? [] : pricesOfConfig(configFile.config)
  const routing = new RoutingBook({
    ...{ fact: factInMemory(), service, configFile: configFile?.path ?? null, prices, log },
  })
  await routing.applyFile(configFile?.config.routing ?? {})
  const services = {
    service,
    called: new CalledProviders(service),
    organizations: new SharedOrganizations(log),
    requests: noRequestLog,
    calls: noCalls,
    lanes: new ReadLanes(),
    allStats: sharedStats(service, { list: async () => [] }),
    keys: { list: async () => [], of: async () => [], report: async () => {} },
    keySalt: '',
    sealing: noSealing,
    gateway: new GatewayCalls(settings.gateway, log),
    tokens: { find: async () => ({ token: null, areInUse: false, validForMs: 1_000 }), forget: () => {} },
    tokenRows: noTokens,
    consumerTree: unregisteredTree,
    sessions: {
      end: async () => {},
      read: async () => ({ sessions: [], startedBeforeSeconds: 0 }),
    },
    audit: { page: () => Promise.reject(new Error('there is no audit log')) },
    alerting: { delivery: { channels: [] }, followers: noFollowers, states: async () => [] },
    routing,
    prices: new PriceBook(prices, log),
    places: new ProviderPlaces(settings.places, configFile?.config ?? null),
    configFile: configFile?.path ?? null,
    version: '0.0.0-test',
    startedAt: new Date(0).toISOString(),
    ledgerWholeFrom: () => '0001-01-01',
    databaseState: () => Promise.reject(new Error('there is no database')),
    storeFault: storeReadiness({ service }),
    log,
  }
  const app = createServer({
    ...{ services, log, metrics },
    ...{ access: settings.access, pathPrefix: settings.pathPrefix },
  })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
  const send = (path: string, init?: RequestInit): Promise<Response> => fetch(`${origin}${path}`, init)
  return {
    origin,
    client,
    service,
    logged,
    send,
    sendJson: (path, body, init = {}) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      }),
    [Symbol.asyncDispose]: () => app.close(),
  }
}
