import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { type PostgresServer, startPostgres } from '@quotakeeper/test-kit'
import { Client } from 'pg'
import { migrate, openDatabase, PostgresQuotaStore } from '../../src/index.js'
import { type FaultProxy, startFaultProxy } from '../faults/fault-proxy.js'
import { type Random, seededRandom, seedFor } from '../random.js'
import { seed } from '../settings.js'
import { createWorld, organisation, providers } from '../traffic/world.js'
import { CleanUp } from './clean-up.js'
import { SettingsHistory } from './settings-history.js'
import { startWorker, type WorkerProcess } from './worker-process.js'

/** A server, a proxy in front of it, a world of limits, and workers on them. */
export interface Field extends AsyncDisposable {
  readonly name: string
  readonly server: PostgresServer
  /** In front of the server, for whoever is to have bad luck. */
  readonly proxy: FaultProxy
  /** Opened by the runner itself, without the proxy. */
  readonly store: PostgresQuotaStore
  readonly tracker: QuotaTracker
  readonly service: QuotaService
  readonly settings: SettingsHistory
  readonly random: Random
  /** Of all workers that were ever started. */
  readonly journalPaths: readonly string[]
  /** A connection of its own, to look behind the store. */
  connectSql(): Promise<Client & AsyncDisposable>
  startWorker(choice?: WorkerChoice): Promise<WorkerProcess>
  startWorkers(count: number, choice?: WorkerChoice): Promise<WorkerProcess[]>
}

/** How a worker differs from the others. */
export interface WorkerChoice {
  /** Through the proxy; straight to the server unless given. */
  readonly throughProxy?: boolean
  readonly clockShiftMs?: number
  /** 32 unless given. */
  readonly callers?: number
  /** How long a pretended vendor takes at most; 30 ms unless given. */
  readonly mostVendorMs?: number
  /** Seen in pg_stat_activity. */
  readonly applicationName?: string
}

/** Starts everything but the workers. */
export async function openField(name: string): Promise<Field> {
  const cleanUp = new CleanUp()
  try {
    return await setUp(name, cleanUp)
  } catch (error) {
    await cleanUp[Symbol.asyncDispose]()
    throw error
  }
}

async function setUp(name: string, cleanUp: CleanUp): Promise<Field> {
  const server = await startPostgres()
  cleanUp.add(() => server.stop())
  const { url } = await server.createDatabase()
  const proxy = await startFaultProxy(url)
  cleanUp.add(() => proxy[Symbol.asyncDispose]())
  const database = await openDatabase(url)
  cleanUp.add(() => database.close())
  await migrate(database)
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  const settings = await createNotedWorld(tracker)
  const journalPaths: string[] = []
  const start = await prepareWorkers({ name, url, proxyUrl: proxy.url, journalPaths, cleanUp })
  return {
    name,
    server,
    proxy,
    store,
    tracker,
    service: new QuotaService({ store }),
    settings,
    random: seededRandom(seedFor(seed, name)),
    journalPaths,
    connectSql: () => connectSql(url),
    startWorker: start,
    startWorkers: async (count, choice) => {
      const started: WorkerProcess[] = []
      for (let index = 0; index < count; index++) started.push(await start(choice))
      return started
    },
    [Symbol.asyncDispose]: () => cleanUp[Symbol.asyncDispose](),
  }
}

async function createNotedWorld(tracker: QuotaTracker): Promise<SettingsHistory> {
  const settings = new SettingsHistory()
  await createWorld(tracker)
  const times = { askedMs: 0, confirmedMs: 0 }
  settings.note({ kind: 'pool', name: organisation.name }, organisation, times)
  for (const provider of providers) settings.note({ kind: 'provider', name: provider.name }, provider, times)
  return settings
}

async function prepareWorkers(options: {
  readonly name: string
  readonly url: string
  readonly proxyUrl: string
  readonly journalPaths: string[]
  readonly cleanUp: CleanUp
}): Promise<(choice?: WorkerChoice) => Promise<WorkerProcess>> {
  const { name, journalPaths, cleanUp } = options
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-fire-'))
  cleanUp.add(() => rm(directory, { recursive: true, force: true }))
  return async (choice = {}) => {
    const number = journalPaths.length
    const journalPath = join(directory, `${number}.jsonl`)
    journalPaths.push(journalPath)
    const address = new URL(choice.throughProxy ? options.proxyUrl : options.url)
    if (choice.applicationName) address.searchParams.set('application_name', choice.applicationName)
    const { callers = 32, mostVendorMs = 30, clockShiftMs = 0 } = choice
    const worker = await startWorker(
      {
        url: address.href,
        seed: seedFor(seed, `${name}, worker ${number}`),
        callers,
        mostVendorMs,
        journalPath,
      },
      { clockShiftMs },
    )
    cleanUp.add(() => worker[Symbol.asyncDispose]())
    return worker
  }
}

async function connectSql(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // Lost with the server, where that is what the scenario is about.
  client.on('error', () => undefined)
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}
