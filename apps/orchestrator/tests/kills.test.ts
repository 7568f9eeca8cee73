import { createApiDatabase, isThorough, startVendorStandIn, type VendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApiProcess, type TestApiProcess } from './test-api.js'
import { startGateway, type TestGateway } from './test-gateway.js'

const [room, inFlight] = isThorough ? [100, 50] : [24, 12]
const model = 'llama-3.1-8b-instant'

let database: Awaited<ReturnType<typeof createApiDatabase>>
let apis: readonly [TestApiProcess, TestApiProcess]
beforeAll(async () => {
  database = await createApiDatabase()
  const start = () => startTestApiProcess({ databaseUrl: database.url })
  apis = [await start(), await start()]
})
afterAll(async () => {
  for (const api of apis) await api[Symbol.asyncDispose]()
  await database.drop()
})

/** Two APIs on one PostgreSQL, each with a gateway, and a vendor whose calls can be held. */
interface Fleet extends AsyncDisposable {
  readonly apis: readonly [TestApiProcess, TestApiProcess]
  readonly gateways: readonly [TestGateway, TestGateway]
  readonly vendor: VendorStandIn
  readonly providerName: string
  /** Holds arriving calls until the promise resolves. */
  hold(until: Promise<void>): void
}

let fleets = 0

async function openFleet(): Promise<Fleet> {
  const providerName = `fleet${++fleets}_1`
  const vendor = await startVendorStandIn()
  const [api] = apis
  const limits = [{ metric: 'requests', window: 'day', max: room }] as const
  await api.client.providers.upsert.mutate({
    name: providerName,
    vendor: 'groq',
    models: [`${providerName}-${model}`],
    limits: [...limits],
    metadata: { apiKeyEnv: 'FLEET_KEY', baseUrl: vendor.baseUrl },
  })
  const start = ({ origin }: TestApiProcess): Promise<TestGateway> =>
    startGateway({ QUOTA_API_URL: origin, FLEET_KEY: 'k' })
  const gateways: [TestGateway, TestGateway] = [await start(apis[0]), await start(apis[1])]
  return {
    apis,
    gateways,
    vendor,
    providerName,
    hold: until => {
      vendor.respondWith(async () => {
        await until
        return undefined
      })
    },
    [Symbol.asyncDispose]: async () => {
      for (const gateway of gateways) await gateway[Symbol.asyncDispose]()
      await vendor.close()
    },
  }
}

const maxTries = 100

/**
 * Sends requests to both gateways in turn; returns statuses, 0 for a broken connection. While `retries`, a request that is
 * refused with 503 is sent again, as clients do: on a busy machine, calls wait longer for a row that another API has
 * locked than they may.
 */
function askAll(
  fleet: Fleet,
  {
    count,
    isStream,
    retries,
  }: { readonly count: number; readonly isStream: boolean; readonly retries: () => boolean },
): Promise<readonly number[]> {
  const body = JSON.stringify({
    model: `${fleet.providerName}-${model}`,
    stream: isStream,
    messages: [{ role: 'user', content: 'Say hello.' }],
  })
  const ask = async (origin: string): Promise<number> => {
    try {
      const response = await fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      const text = await response.text()
      // A truncated stream does not count as served.
      return response.status === 200 && isStream && !text.includes('[DONE]') ? 0 : response.status
    } catch {
      return 0
    }
  }
  const asking = Array.from({ length: count }, async (_, index) => {
    const { origin } = fleet.gateways[index % 2 === 0 ? 0 : 1]
    let status = await ask(origin)
    for (let tries = 1; status === 503 && retries() && tries < maxTries; tries++) status = await ask(origin)
    return status
  })
  return Promise.all(asking)
}

type Death = readonly [string, boolean, (fleet: Fleet) => readonly (TestApiProcess | TestGateway)[]]

const deaths: readonly Death[] = [
  ['a gateway and its API', false, fleet => [fleet.gateways[0], fleet.apis[0]]],
]
const otherDeaths: readonly Death[] = [
  ['both of both', true, fleet => [...fleet.gateways, ...fleet.apis]],
  ['a gateway', false, fleet => [fleet.gateways[0]]],
  ['a gateway in mid-stream', true, fleet => [fleet.gateways[0]]],
  ['an API', false, fleet => [fleet.apis[0]]],
]

test.each([...deaths, ...(isThorough ? otherDeaths : [])])(
  'the end of %s with many calls in flight overspends nothing and loses no call that was served',
  async (_, isStream, chosen) => {
    await using fleet = await openFleet()
    let release: () => void = () => {}
    fleet.hold(
      new Promise(resolve => {
        release = resolve
      }),
    )
    let isArriving = true
    const first = askAll(fleet, { count: inFlight, isStream, retries: () => isArriving })
    await fleet.vendor.until(calls => calls.length === inFlight)
    isArriving = false
    const victims = chosen(fleet)
    await Promise.all(victims.map(victim => victim.process.kill('SIGKILL')))
    release()
    const servedBefore = (await first).filter(status => status === 200).length
    for (const victim of victims.toReversed()) await victim.restart()
    fleet.vendor.respondWith(null)
    const second = await askAll(fleet, { count: 2 * room, isStream, retries: () => true })
    const served = servedBefore + second.filter(status => status === 200).length
    expect(second.filter(status => status !== 200 && status !== 429)).toEqual([])

    // Late settlements are done when the gateways stop gracefully.
    for (const gateway of fleet.gateways) await gateway.process.stop()
    const { rows } = await fleet.apis[1].client.usage.ledger.query({
      providerName: fleet.providerName,
      pageSize: 1_000,
    })
    const counted = rows.filter(row => row.state !== 'released')
    expect(fleet.vendor.calls.length).toBeLessThanOrEqual(room)
    expect(fleet.vendor.calls.length).toBe(counted.length)
    expect(served).toBeLessThanOrEqual(counted.length)
    expect(counted.length).toBeLessThanOrEqual(served + inFlight)
  },
)
