import { createApiDatabase, type TestDatabase } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, slowly, startFixture, startTestGateway } from './fixture.js'
import { responseAnswer } from './recorded-dialects.js'
import { startRecordedVendor } from './recorded-vendor.js'
import { startTestApi, type TestApi } from './test-api.js'

let database: TestDatabase
let api: TestApi
let fixture: Fixture
beforeAll(async () => {
  database = await createApiDatabase()
  const config = 'providers: []\nrouting: { maxWaitMs: 3000 }'
  api = await startTestApi({ config, databaseUrl: database.url })
  fixture = await startFixture(api, { keys: { a: {}, b: { models: ['other-model'] } } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
  await database.drop()
})

let names = 0

type Settings = Omit<Parameters<TestApi['client']['consumers']['upsert']['mutate']>[0], 'name'>

/** A consumer of the test, and a token of it. */
async function makeConsumer(settings: Settings = {}): Promise<{ name: string; secret: string }> {
  const name = `consumer ${++names}`
  await api.client.consumers.upsert.mutate({ name, ...settings })
  const { secret } = await api.client.tokens.create.mutate({ name, scopes: ['call'], consumer: name })
  return { name, secret: secret ?? '' }
}

function clientOf(apiKey: string, headers: Record<string, string> = {}, origin = fixture.origin): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers })
}

const hello = (model = fixture.model) => ({ model, messages: [{ role: 'user' as const, content: 'Hi' }] })

async function refusalOf(call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await call
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error
    throw error
  }
  throw new Error('the call was not refused')
}

const requests = (max: number, more: object = {}) => ({
  metric: 'requests' as const,
  window: 'day' as const,
  max,
  ...more,
})

test('a consumer’s own limit refuses at once, with its return, and names no provider', async () => {
  const { name, secret } = await makeConsumer({ limits: [requests(1)] })
  const before = fixture.vendor.calls.length
  const response = await clientOf(secret).chat.completions.create(hello()).withResponse()
  expect(response.response.headers.get('x-quotakeeper-provider')).toBeNull()
  const error = await refusalOf(clientOf(secret).chat.completions.create(hello()))
  const { limits } = await api.client.consumers.stats.query({ name })
  expect(error).toMatchObject({ status: 429, code: 'consumer_quota_exhausted', type: 'rate_limit_error' })
  expect(error.message).toContain(
    `requests/day has no room for this call. It returns at ${limits[0]?.resetsAt}`,
  )
  expect(error.headers?.get('retry-after')).not.toBeNull()
  expect(error.message).not.toContain(fixture.nameOf('a'))
  expect(fixture.vendor.calls).toHaveLength(before + 1)
})

test('of an ancestor’s limit a client learns neither name nor figures', async () => {
  const parent = await makeConsumer({ limits: [requests(1)] })
  const { name, secret } = await makeConsumer({ parent: parent.name })
  await clientOf(parent.secret).chat.completions.create(hello())
  const error = await refusalOf(clientOf(secret).chat.completions.create(hello()))
  expect(error).toMatchObject({ status: 429, code: 'consumer_quota_exhausted' })
  expect(error.message).toContain(
    `The quota of consumer "${name}" is used up: a limit of a consumer above it has`,
  )
  for (const hidden of [`"${parent.name}"`, 'requests/day']) expect(error.message).not.toContain(hidden)
  // The operator sees whose it is.
  const header = { 'x-quotakeeper-consumer': name }
  const ofOperator = await fixture.ask({}, { headers: header })
  expect(JSON.stringify(await ofOperator.json())).toContain(parent.name)
})

test('models that a consumer may not call are refused and not listed, and pinned names are not listed', async () => {
  const { secret } = await makeConsumer({ models: ['other-*'] })
  const client = clientOf(secret)
  expect(await refusalOf(client.chat.completions.create(hello()))).toMatchObject({
    status: 403,
    code: 'model_not_allowed',
    param: 'model',
  })
  expect((await client.chat.completions.create(hello('other-model'))).choices).toHaveLength(1)
  const { data } = await client.models.list()
  expect(data.map(({ id, owned_by }) => [id, owned_by])).toEqual([['other-model', 'quotakeeper']])
})

test('a disabled consumer is refused until it is enabled', async () => {
  const { name, secret } = await makeConsumer()
  await api.client.consumers.setEnabled.mutate({ name, enabled: false })
  expect(await refusalOf(clientOf(secret).chat.completions.create(hello()))).toMatchObject({
    status: 403,
    code: 'consumer_disabled',
  })
  await api.client.consumers.setEnabled.mutate({ name, enabled: true })
  expect((await clientOf(secret).chat.completions.create(hello())).choices).toHaveLength(1)
})

test('refusals of keys tell a consumer’s client nothing of them', async () => {
  const { secret } = await makeConsumer()
  const missing = await refusalOf(clientOf(secret).chat.completions.create(hello('unknown-model')))
  expect(missing).toMatchObject({ status: 404, code: 'model_not_found' })
  // Names of other models would be some that a consumer may not call.
  expect(missing.message).not.toContain('other-model')
  const pinned = `${fixture.nameOf('a')}/${fixture.model}`
  await api.client.providers.setEnabled.mutate({ name: fixture.nameOf('a'), enabled: false })
  const off = await refusalOf(clientOf(secret).chat.completions.create(hello()))
  await api.client.providers.setEnabled.mutate({ name: fixture.nameOf('a'), enabled: true })
  expect(off).toMatchObject({ status: 503, code: 'no_key_available' })
  for (const { message } of [missing, off]) expect(message).not.toContain(fixture.nameOf('a'))
  expect((await clientOf(secret).chat.completions.create(hello(pinned))).choices).toHaveLength(1)
})

test('end users are counted apart, by the header', async () => {
  const perUser = requests(1, { id: 'per-user', per: 'user' })
  const { name, secret } = await makeConsumer({ limits: [perUser] })
  const call = (user: string) =>
    clientOf(secret, { 'x-quotakeeper-user': user }).chat.completions.create(hello())
  for (const user of ['ann', 'bob']) expect((await call(user)).choices).toHaveLength(1)
  expect(await refusalOf(call('ann'))).toMatchObject({ status: 429, code: 'consumer_quota_exhausted' })
  // In the body nothing is read unless it is set so: a user there is the vendor's business.
  const body = { ...hello(), user: 'carl' }
  expect((await clientOf(secret).chat.completions.create(body)).choices).toHaveLength(1)
  const { limits } = await api.client.consumers.stats.query({ name })
  expect(limits.map(({ user }) => user).toSorted()).toEqual(['', 'ann', 'bob'])
  expect(await refusalOf(call('x'.repeat(201)))).toMatchObject({ status: 400, code: 'invalid_user' })
})

test('a limit that counts 10,000 end users refuses calls of new ones and serves those that it counts', async () => {
  const perUser = requests(2, { id: 'per-user', per: 'user' })
  const { name, secret } = await makeConsumer({ limits: [perUser] })
  const call = (user: string) =>
    clientOf(secret, { 'x-quotakeeper-user': user }).chat.completions.create(hello())
  await api.client.usage.record.mutate({ providerName: fixture.nameOf('a'), consumer: name, endUser: 'ann' })
  // The others by SQL, since 9,998 calls take long: a copy of Ann's counter for each, and their number.
  const ofLimit = `subject_kind = 'consumer' and subject_name = '${name}' and limit_id = 'per-user'`
  await database.execute(`
    insert into quota_counter
      select (jsonb_populate_record(c, jsonb_build_object('model', 'user/' || n))).*
      from quota_counter as c, generate_series(1, 9998) as n where ${ofLimit} and model = 'user/ann';
    update quota_counter set held = held + 9998 where ${ofLimit} and model = '';
    update quota_subject set stamp = stamp + 1 where kind = 'consumer' and name = '${name}'`)
  expect((await call('the last')).choices).toHaveLength(1)
  const error = await refusalOf(call('one more'))
  expect(error).toMatchObject({ status: 403, code: 'too_many_users', type: 'permission_error' })
  expect(error.headers?.get('retry-after')).toBeNull()
  for (const user of ['ann', '9998']) expect((await call(user)).choices).toHaveLength(1)
})

test('end users of the body belong to the token’s consumer, whatever they are called', async () => {
  const own = await startTestApi({ config: 'providers: []\nrouting: { endUserFrom: body }' })
  const other = await startFixture(own, { keys: { a: {} } })
  for (const name of ['acme', 'globex'])
    await own.client.consumers.upsert.mutate({ name, limits: [requests(5)] })
  const { secret } = await own.client.tokens.create.mutate({ name: 't', scopes: ['call'], consumer: 'acme' })
  const client = clientOf(secret ?? '', {}, other.origin)
  await client.chat.completions.create({ ...hello(other.model), user: 'globex' })
  await expect
    .poll(async () => (await own.client.usage.ledger.query({ consumer: 'acme' })).rows[0]?.endUser)
    .toBe('globex')
  const used = async (name: string) => (await own.client.consumers.stats.query({ name })).limits[0]?.used
  await expect.poll(() => used('acme')).toBe(1)
  expect(await used('globex')).toBe(0)
  await other[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
})

test('a strict consumer’s calls are cut to what was reserved, through its parent too', async () => {
  const parent = await makeConsumer({ strict: true })
  const tokens = { metric: 'outputTokens' as const, window: 'day' as const, max: 3_000 }
  const { secret } = await makeConsumer({ parent: parent.name, limits: [tokens] })
  const before = fixture.vendor.calls.length
  await clientOf(secret).chat.completions.create({ ...hello(), max_completion_tokens: 5_000 })
  const sent = Object(fixture.vendor.calls[before]?.body)
  expect(sent.max_completion_tokens ?? sent.max_tokens).toBe(3_000)
})

test('two gateways and ten applications under one team spend its budget exactly', async () => {
  const team = await makeConsumer({ limits: [requests(40)] })
  const apps = await Promise.all(
    Array.from({ length: 10 }, () => makeConsumer({ parent: team.name, limits: [requests(6)] })),
  )
  const second = await startTestGateway(api, { KEY_A: 'key-a' })
  const origins = [fixture.origin, second.origin]
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { secret, name } = apps[index % apps.length] ?? team
      const client = clientOf(secret, {}, origins[index % 2])
      try {
        await client.chat.completions.create(hello())
        return name
      } catch (error) {
        expect(error).toMatchObject({ status: 429, code: 'consumer_quota_exhausted' })
        return null
      }
    }),
  )
  expect(outcomes.filter(name => name !== null)).toHaveLength(40)
  for (const { name } of apps)
    expect(outcomes.filter(served => served === name).length).toBeLessThanOrEqual(6)
  await expect
    .poll(async () => (await api.client.consumers.stats.query({ name: team.name })).limits[0])
    .toMatchObject({ used: 40, held: 0, remaining: 0 })
  await second.stop()
})

test('a stored answer is there for tokens of the consumer that it was made for alone', async () => {
  await using own = await startTestApi({ config: 'providers: []' })
  await using vendor = await startRecordedVendor((_, response) => response.writeHead(500).end())
  await using keeper = await startFixture(own, { keys: { a: { baseUrl: vendor.baseUrl } } })
  const id = `resp_${keeper.model}`
  for (let times = 0; times < 2; times++)
    vendor.next.push((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...responseAnswer, id }))
    })
  const [acme, globex] = await Promise.all(
    ['acme', 'globex'].map(async name => {
      await own.client.consumers.upsert.mutate({ name })
      const { secret } = await own.client.tokens.create.mutate({ name, scopes: ['call'], consumer: name })
      return clientOf(secret ?? '', {}, keeper.origin)
    }),
  )
  if (acme === undefined || globex === undefined) throw new Error('two clients were made')
  await acme.responses.create({ model: keeper.model, input: 'hi' })
  expect(await refusalOf(globex.responses.retrieve(id))).toMatchObject({
    status: 404,
    code: 'state_not_held',
  })
  const following = { model: keeper.model, input: 'and now?', previous_response_id: id }
  const unknown = await refusalOf(globex.responses.create(following))
  expect(unknown).toMatchObject({ status: 400, code: 'state_not_held' })
  expect(unknown.message).not.toContain('pin')
  expect(vendor.calls).toHaveLength(1)
  expect((await acme.responses.retrieve(id)).id).toBe(id)
  await own.client.providers.setEnabled.mutate({ name: keeper.nameOf('a'), enabled: false })
  await expect
    .poll(async () => (await refusalOf(acme.responses.retrieve(id))).code, slowly)
    .toBe('state_not_held')
  const off = await refusalOf(acme.responses.retrieve(id))
  expect(off.message).toContain('the key that made it cannot be asked now')
})
