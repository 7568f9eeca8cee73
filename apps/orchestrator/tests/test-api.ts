import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppRouter } from '@quotakeeper/api'
import { createApiDatabase, freePort, type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The built entry point of an application. */
export function entryOf(app: 'api' | 'orchestrator'): string {
  return join(root, 'apps', app, 'dist', 'main.js')
}

export type ApiClient = ReturnType<typeof createTRPCClient<AppRouter>>

/** The real API in a separate process and folder. */
export interface TestApi extends AsyncDisposable {
  readonly origin: string
  readonly client: ApiClient
  /** Sends what is asked at the same time in one request, which takes two thirds of the CPU: for setting up and clearing. */
  readonly batched: ApiClient
  readonly process: RunningProcess
  /** Restarts it with the same port and data. */
  restart(): Promise<void>
  /** Replaces its configuration file. */
  configure(text: string): Promise<void>
}

let shared: Promise<TestApi> | null = null

/**
 * An API without a configuration shared by all test files of a worker, each with its own providers and models: starting
 * a process per file took a third of the suite's time. Ends with the worker. Not for tests that kill it or read all
 * data.
 */
export function sharedTestApi(): Promise<TestApi> {
  shared ??= startTestApi()
  return shared
}

/** Starts the API, on its own database unless a URL is given; without a configuration it has the samples. */
export async function startTestApi(
  options: {
    readonly config?: string
    readonly databaseUrl?: string
    readonly environment?: Readonly<Record<string, string>>
  } = {},
): Promise<TestApi> {
  const database = options.databaseUrl === undefined ? await createApiDatabase() : null
  const databaseUrl = options.databaseUrl ?? database?.url ?? ''
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  // The folder of a shared API is removed at the end of the worker.
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeDirectory)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const configure = (text: string): Promise<void> =>
    writeFile(join(directory, 'quotakeeper.config.yaml'), text)
  if (options.config !== undefined) await configure(options.config)
  const start = (): Promise<RunningProcess> =>
    startProcess({
      args: [entryOf('api')],
      cwd: directory,
      env: {
        QUOTA_API_PORT: String(port),
        QUOTA_DATABASE_URL: databaseUrl,
        // Tests create providers over the API, at stand-ins for vendors.
        QUOTA_API_PROVIDER_PLACES: 'true',
        QUOTA_API_KEY_VARIABLES: '*',
        ...options.environment,
      },
      readyWhen: new URL(`${origin}/readyz`),
    })
  let running = await start()
  return {
    origin,
    client: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc` })] }),
    batched: createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${origin}/trpc` })] }),
    get process() {
      return running
    },
    restart: async () => {
      running = await start()
    },
    configure,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await database?.drop()
      await rm(directory, { recursive: true, force: true })
      process.off('exit', removeDirectory)
    },
  }
}
