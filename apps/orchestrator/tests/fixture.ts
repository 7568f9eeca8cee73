import { LiveEnvironment } from '@quotakeeper/server-kit'
import { startVendorStandIn, type VendorStandIn, type VendorStandInOptions } from '@quotakeeper/test-kit'
import { pino } from 'pino'
import type { Endpoint } from '../src/endpoints/endpoint.js'
import { type Orchestrator, readSettings, startOrchestrator } from '../src/index.js'
import { startInstance } from '../src/start-instance.js'
import type { TestApi } from './test-api.js'

type Ledger = Awaited<ReturnType<TestApi['client']['usage']['ledger']['query']>>['rows']
type Limits = NonNullable<Parameters<TestApi['client']['providers']['upsert']['mutate']>[0]['limits']>

/** A key of the fixture, by the last part of its name. */
export interface FixtureKey {
  readonly limits?: Limits
  readonly vendor?: string
  /** Whether its variable stays unset. */
  readonly isUnset?: boolean
  /** Its address, instead of the stand-in's. */
  readonly baseUrl?: string
  readonly models?: readonly string[]
  /** Lower values come first with strategy `priority`. */
  readonly priority?: number
  /** Its endpoints, which replace its vendor's. */
  readonly endpoints?: readonly string[]
  /** Whether to request usage in its streams. */
  readonly streamUsage?: boolean
}

/** A test's own keys, a model that only they serve, a vendor and a gateway. */
export interface Fixture extends AsyncDisposable {
  readonly vendor: VendorStandIn
  readonly origin: string
  /** The model of all keys. */
  readonly model: string
  /** A key's full name. */
  nameOf(key: string): string
  /** Requests a completion; the fields are those of the body. */
  ask(
    fields?: Readonly<Record<string, unknown>>,
    init?: { readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Response>
  /** Stops the gateway, which settles everything, and returns the rows of a key, oldest first. */
  ledgerOf(key: string): Promise<Ledger>
}

let fixtures = 0

/** Creates a fixture at an API that others may use concurrently. All its keys are at one stand-in. */
export async function startFixture(
  api: TestApi,
  options: {
    readonly keys: Readonly<Record<string, FixtureKey>>
    readonly vendor?: VendorStandInOptions
    readonly environment?: Readonly<Record<string, string>>
    /** The served endpoints; all unless given. */
    readonly endpoints?: readonly Endpoint[]
  },
): Promise<Fixture> {
  const prefix = `fixture${process.pid}x${++fixtures}`
  const model = `model-of-${prefix}`
  const vendor = await startVendorStandIn(options.vendor)
  const nameOf = (key: string): string => `${prefix}_${key}`
  const environment: Record<string, string> = {}
  const register = async (key: string, of: FixtureKey): Promise<void> => {
    const { limits = [], vendor: vendorName = 'custom', baseUrl, models, priority = 100 } = of
    const { isUnset = false, streamUsage, endpoints } = of
    const apiKeyEnv = `KEY_${key.toUpperCase()}`
    if (!isUnset) environment[apiKeyEnv] = `key-${key}`
    await api.batched.providers.upsert.mutate({
      name: nameOf(key),
      vendor: vendorName,
      limits,
      models: models ?? [model],
      priority,
      metadata: {
        apiKeyEnv,
        baseUrl: baseUrl ?? vendor.baseUrl,
        ...(streamUsage === undefined ? {} : { streamUsage }),
        ...(endpoints === undefined ? {} : { endpoints }),
      },
    })
  }
  await Promise.all(Object.entries(options.keys).map(([key, of]) => register(key, of)))
  const gateway = await startTestGateway(api, { ...environment, ...options.environment }, options.endpoints)
  return {
    vendor,
    origin: gateway.origin,
    model,
    nameOf,
    ask: (fields = {}, { headers = {}, ...init } = {}) =>
      fetch(`${gateway.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }], ...fields }),
        ...init,
      }),
    ledgerOf: async key => {
      await gateway.stop()
      const { rows } = await api.client.usage.ledger.query({ providerName: nameOf(key), pageSize: 10_000 })
      return rows.toReversed()
    },
    [Symbol.asyncDispose]: async () => {
      await gateway.stop()
      await vendor.close()
      // Keys that serve any model would be tried for those of other fixtures. A test may have removed them itself, or
      // ended the API.
      const names = Object.keys(options.keys).map(nameOf)
      await Promise.allSettled(names.map(name => api.batched.providers.remove.mutate({ name })))
    },
  }
}

/** For what takes up to some seconds and is looked for by calls through the gateway: each takes 10 ms of a core. */
export const slowly = { interval: 250 }

/** A gateway on a free port, in this process. */
export async function startTestGateway(
  api: TestApi,
  environment: Readonly<Record<string, string>>,
  endpoints?: readonly Endpoint[],
): Promise<Orchestrator & AsyncDisposable> {
  const all = { QUOTA_API_URL: api.origin, QUOTA_GATEWAY_PORT: '0', ...environment }
  const gateway = await startOrchestrator({
    settings: readSettings(all),
    environment: LiveEnvironment.fixed(all),
    ...(endpoints === undefined ? {} : { endpoints }),
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  })
  return stoppedOnce(gateway)
}

/** One in this process whose log is kept: a process of its own takes 0.7 s of a core. */
export async function startLoggedGateway(
  environment: Readonly<Record<string, string>>,
): Promise<Orchestrator & AsyncDisposable & { output(): string }> {
  let output = ''
  const gateway = await startInstance({ QUOTA_GATEWAY_PORT: '0', ...environment }, line => {
    output += line
  })
  return { ...stoppedOnce(gateway), output: () => output }
}

/** A test may stop it before its end. */
function stoppedOnce({ origin, stop }: Orchestrator): Orchestrator & AsyncDisposable {
  let stopping: Promise<void> | null = null
  const once = (): Promise<void> => {
    stopping ??= stop()
    return stopping
  }
  return { origin, stop: once, [Symbol.asyncDispose]: once }
}

/** A limit of `max` requests a day. */
export function requestsPerDay(max: number): Limits {
  return [{ metric: 'requests', window: 'day', max }]
}

/** The error of an answer in OpenAI's format. */
export async function errorOf(
  response: Response,
): Promise<{ message: string; type: string; code: string; param: string | null }> {
  const body: unknown = await response.json()
  const isError = typeof body === 'object' && body !== null && 'error' in body
  if (!isError) throw new Error(`no error: ${JSON.stringify(body)}`)
  // The tests check the format.
  return body.error as { message: string; type: string; code: string; param: string | null }
}
