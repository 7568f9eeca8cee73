import { createApiDatabase, startVendorStandIn } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { expectSpent } from './expect-spent.js'
import { startTestGateway } from './fixture.js'
import { spendTeam } from './team-budget.js'
import { startTestApi } from './test-api.js'
import { startGateway } from './test-gateway.js'

test('ten applications on two replicas, one killed, get exactly the budget of their team', async () => {
  const database = await createApiDatabase()
  expectSpent(await spendTeam(database.url, 100))
  await database.drop()
})

const budget = 40
const inFlight = 20
const model = 'llama-3.1-8b-instant'

/** Whether the call was answered; false for one that was refused or whose connection broke. */
async function isServed(client: OpenAI): Promise<boolean> {
  try {
    await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Say hello.' }] })
    return true
  } catch (error) {
    if (error instanceof OpenAI.APIError) return false
    throw error
  }
}

test('an openai client spends exactly its request budget over two gateways, one of them killed', async () => {
  const database = await createApiDatabase()
  await using vendor = await startVendorStandIn()
  const start = () => startTestApi({ databaseUrl: database.url, config: 'providers: []' })
  await using one = await start()
  await using two = await start()
  const limits = [{ metric: 'requests' as const, window: 'month' as const, max: budget }]
  await one.client.providers.upsert.mutate({
    name: 'key',
    vendor: 'groq',
    models: [model],
    limits: [],
    metadata: { apiKeyEnv: 'FLEET_KEY', baseUrl: vendor.baseUrl },
  })
  await one.client.consumers.upsert.mutate({ name: 'acme', limits })
  const { secret } = await one.client.tokens.create.mutate({
    name: 'acme',
    scopes: ['call'],
    consumer: 'acme',
  })
  await using doomed = await startGateway({ QUOTA_API_URL: one.origin, FLEET_KEY: 'k' })
  await using other = await startTestGateway(two, { FLEET_KEY: 'k' })
  const [first, second] = [doomed, other].map(
    ({ origin }) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: secret ?? '', maxRetries: 0 }),
  )
  if (first === undefined || second === undefined) throw new Error('there are two')
  const all = (clients: readonly OpenAI[], count: number): Promise<readonly boolean[]> =>
    Promise.all(Array.from({ length: count }, (_, at) => isServed(clients[at % clients.length] ?? second)))

  const before = await all([first, second], 10)
  let letGo = (): void => undefined
  const held = new Promise<undefined>(resolve => {
    letGo = () => resolve(undefined)
  })
  vendor.respondWith(() => held)
  const flying = all([first, second], inFlight)
  await vendor.until(calls => calls.length === 10 + inFlight)
  await doomed.process.kill('SIGKILL')
  letGo()
  const landed = await flying
  vendor.respondWith(null)
  const after = await all([second], 2 * budget)
  await doomed.restart()
  const last = await all([first, second], 10)

  for (const gateway of [doomed.process, other]) await gateway.stop()
  const { rows } = await two.client.usage.ledger.query({ providerName: 'key', pageSize: 1_000 })
  const counted = rows.filter(({ state }) => state !== 'released').length
  const served = [...before, ...landed, ...after, ...last].filter(Boolean).length
  expect(landed.filter(Boolean)).toHaveLength(inFlight / 2)
  expect(last.filter(Boolean)).toHaveLength(0)
  expect(counted).toBe(budget)
  expect(vendor.calls.length).toBe(budget)
  expect(served).toBe(budget - inFlight / 2)
  await database.drop()
})
