import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppRouter } from '@quotakeeper/api'
import {
  type PreparedApi,
  prepareApi,
  type RunningApplication,
  startApplication,
  startInstance,
} from '@quotakeeper/test-kit'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'

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
export interface TestApiProcess extends TestApi, Pick<RunningApplication, 'process' | 'restart'> {
  /** Replaces its configuration file. */
  configure(text: string): Promise<void>
}

interface TestApiOptions {
  readonly config?: string
  readonly databaseUrl?: string
  readonly environment?: Readonly<Record<string, string>>
}

const configFile = 'quotakeeper.config.yaml'

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
  const prepared = await prepare(options)
  const instance = await startInstance('api', prepared)
  return {
    ...clientsAt(instance.origin),
    output: () => instance.output(),
    [Symbol.asyncDispose]: async () => {
      await instance.stop()
      await prepared.remove()
    },
  }
}

/** Starts it in a process of its own, for tests that kill it, restart it or change its file. */
export async function startTestApiProcess(options: TestApiOptions = {}): Promise<TestApiProcess> {
  const prepared = await prepare(options)
  const api = await startApplication('api', prepared)
  return {
    ...clientsAt(api.origin),
    output: api.output,
    get process() {
      return api.process
    },
    restart: api.restart,
    configure: text => writeFile(join(prepared.directory, configFile), text),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await prepared.remove()
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

function prepare({ config, databaseUrl, environment }: TestApiOptions): Promise<PreparedApi> {
  return prepareApi({
    environment: {
      ...(databaseUrl === undefined ? {} : { QUOTA_DATABASE_URL: databaseUrl }),
      // Tests create providers over the API, at stand-ins for vendors.
      QUOTA_API_PROVIDER_PLACES: 'true',
      QUOTA_API_KEY_VARIABLES: '*',
      ...environment,
    },
    files: config === undefined ? {} : { [configFile]: config },
  })
}
