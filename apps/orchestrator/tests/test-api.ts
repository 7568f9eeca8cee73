import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppRouter } from '@quotakeeper/api'
import {
  createApiDatabase,
  freePort,
  type RunningProcess,
  startInstance,
  startProcess,
} from '@quotakeeper/test-kit'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The built entry point of an application. */
export function entryOf(app: 'api' | 'orchestrator'): string {
  return join(root, 'apps', app, 'dist', 'main.js')
}

export type ApiClient = ReturnType<typeof createTRPCClient<AppRouter>>

/** The real API, built. */
export interface TestApi extends AsyncDisposable {
  readonly origin: string
  readonly client: ApiClient
  /** Sends what is asked at the same time in one request, which takes two thirds of the CPU: for setting up and clearing. */
  readonly batched: ApiClient
  /** The last million characters of its log. */
  output(): string
}

/** It in a process and folder of its own. */
export interface TestApiProcess extends TestApi {
  readonly process: RunningProcess
  /** Restarts it with the same port and data. */
  restart(): Promise<void>
  /** Replaces its configuration file. */
  configure(text: string): Promise<void>
}

interface TestApiOptions {
  readonly config?: string
  readonly databaseUrl?: string
  readonly environment?: Readonly<Record<string, string>>
}

let shared: Promise<TestApi> | null = null

/**
 * An API without a configuration shared by all test files of a worker, each with its own providers and models: starting
 * one per file took a third of the suite's time. Ends with the worker. Not for tests that read all data.
 */
export function sharedTestApi(): Promise<TestApi> {
  shared ??= startTestApi()
  return shared
}

/** Starts the API, on its own database unless a URL is given; without a configuration it has the samples. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const place = await makePlace(options)
  const environment = { ...place.environment, QUOTA_API_PORT: '0' }
  const instance = await startInstance('api', { environment, directory: place.directory })
  return {
    ...clientsAt(instance.origin),
    output: () => instance.output(),
    [Symbol.asyncDispose]: async () => {
      await instance.stop()
      await place.remove()
    },
  }
}

/** Starts it in a process of its own, for tests that kill it, restart it or change its file. */
export async function startTestApiProcess(options: TestApiOptions = {}): Promise<TestApiProcess> {
  const place = await makePlace(options)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const start = (): Promise<RunningProcess> =>
    startProcess({
      args: [entryOf('api')],
      cwd: place.directory,
      env: { ...place.environment, QUOTA_API_PORT: String(port) },
      readyWhen: new URL(`${origin}/readyz`),
    })
  let running = await start()
  return {
    ...clientsAt(origin),
    output: () => running.output(),
    get process() {
      return running
    },
    restart: async () => {
      running = await start()
    },
    configure: place.configure,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await place.remove()
    },
  }
}

function clientsAt(origin: string): Pick<TestApi, 'origin' | 'client' | 'batched'> {
  const url = `${origin}/trpc`
  return {
    origin,
    client: createTRPCClient<AppRouter>({ links: [httpLink({ url })] }),
    batched: createTRPCClient<AppRouter>({ links: [httpBatchLink({ url })] }),
  }
}

/** A folder, a database unless its URL is given, and the variables for both. */
async function makePlace({ config, databaseUrl, environment }: TestApiOptions) {
  const database = databaseUrl === undefined ? await createApiDatabase() : null
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  // The folder of a shared API is removed at the end of the worker.
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeDirectory)
  const configure = (text: string): Promise<void> =>
    writeFile(join(directory, 'quotakeeper.config.yaml'), text)
  if (config !== undefined) await configure(config)
  return {
    directory,
    configure,
    environment: {
      QUOTA_DATABASE_URL: databaseUrl ?? database?.url ?? '',
      // Tests create providers over the API, at stand-ins for vendors.
      QUOTA_API_PROVIDER_PLACES: 'true',
      QUOTA_API_KEY_VARIABLES: '*',
      ...environment,
    },
    remove: async () => {
      await database?.drop()
      await rm(directory, { recursive: true, force: true })
      process.off('exit', removeDirectory)
    },
  }
}
