import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { invalidApiKey, modelNotFound, startVendorStandIn } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, type FixtureKey, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** A vendor with an arbitrary list. */
async function startList(answer: RequestListener) {
  const server: Server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has this type of address.
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const listOf = (...ids: string[]) =>
  JSON.stringify({ object: 'list', data: ids.map(id => ({ id, created: 17 })) })
const clientOf = (origin: string) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
const idsOf = async (origin: string): Promise<readonly string[]> =>
  (await clientOf(origin).models.list()).data.map(({ id }) => id)

test('globs match models of the vendors’ lists, and filter them', async () => {
  const models = ['llama-small', 'llama-big', 'whisper', 'maker/llama-x']
  await using fixture = await startFixture(api, {
    keys: {
      all: { models: ['*'] },
      some: { models: ['llama-*', 'named-in-full'] },
      unset: { models: ['*'], isUnset: true },
    },
    vendor: { models },
  })
  const ids = await idsOf(fixture.origin)
  const [all, some] = [fixture.nameOf('all'), fixture.nameOf('some')]
  expect(ids).toEqual(expect.arrayContaining([...models, 'named-in-full', 'custom/llama-big']))
  expect(ids).toEqual(expect.arrayContaining([`${all}/whisper`, `${all}/maker/llama-x`, `${some}/llama-big`]))
  expect(ids).not.toContain(`${some}/whisper`)
  expect(ids).not.toContain(`${fixture.nameOf('unset')}/whisper`)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a model is retrieved by its name, with slashes encoded or not, and an unknown one is 404', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { models: ['*'] } },
    vendor: { models: ['maker/model:free', 'plain', 'name with space'] },
  })
  const client = clientOf(fixture.origin)
  for (const id of [
    'plain',
    'maker/model:free',
    `${fixture.nameOf('a')}/maker/model:free`,
    'name with space',
  ])
    expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model', owned_by: 'custom' })
  const bare = await fetch(`${fixture.origin}/v1/models/maker/model:free`)
  expect(await bare.json()).toMatchObject({ id: 'maker/model:free' })
  await expect(client.models.retrieve('nobody/knows')).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
  })
  for (const odd of ['%E0%A4%A', 'a%00b', '%2e%2e/x', '__proto__']) {
    const response = await fetch(`${fixture.origin}/v1/models/${odd}`)
    expect([400, 404]).toContain(response.status)
    expect((await errorOf(response)).message).not.toBe('')
  }
})

test('concurrent callers share one request to a vendor, and none is sent while its list is fresh', async () => {
  await using fixture = await startFixture(api, { keys: { a: { models: ['*'] } }, vendor: { models: ['m'] } })
  const lists = await Promise.all(Array.from({ length: 20 }, () => idsOf(fixture.origin)))
  for (const ids of lists) expect(ids).toContain('m')
  await idsOf(fixture.origin)
  expect(fixture.vendor.calls.filter(({ path }) => path === '/v1/models')).toHaveLength(1)
})

test('a silent vendor delays clients only briefly, and the others are listed', async () => {
  let asked = 0
  await using silent = await startList(() => void asked++)
  await using fixture = await startFixture(api, {
    keys: { silent: { models: ['*'], baseUrl: silent.baseUrl }, good: { models: ['*'] } },
    vendor: { models: ['m'] },
  })
  for (let time = 0; time < 3; time++) expect(await idsOf(fixture.origin)).toContain('m')
  expect(asked).toBe(1)
})

test('a model reported as unknown by its vendor is not listed', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { models: ['*'] } },
    vendor: { models: ['m', 'gone'] },
  })
  fixture.vendor.respondWith(({ model }) => (model === 'gone' ? modelNotFound('gone') : undefined))
  const pinned = `${fixture.nameOf('a')}/gone`
  expect((await fixture.ask({ model: pinned })).status).toBe(404)
  const ids = await idsOf(fixture.origin)
  expect(ids).toContain('m')
  expect(ids).not.toContain(pinned)
})

test('a refused key lists nothing, and is not used from then on', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: { models: ['*'] } },
    vendor: { models: ['m'], apiKeys: [] },
  })
  expect(await idsOf(fixture.origin)).not.toContain('m')
  await expect
    .poll(async () => (await api.client.stats.get.query({ providerName: fixture.nameOf('a') })).disabledBy)
    .toBe('vendor')
})

const odd: readonly (readonly [string, string, FixtureKey['vendor'], string | null])[] = [
  ['a bare list', JSON.stringify([{ id: 'm' }]), 'together', 'm'],
  ['names in place of ids', JSON.stringify({ models: [{ name: 'm' }] }), 'cohere', 'm'],
  ['ids that begin with models/', listOf('models/m'), 'gemini', 'm'],
  ['an empty list', listOf(), 'custom', null],
  ['no list', JSON.stringify({ object: 'list', data: null }), 'custom', null],
  [
    'entries that are none',
    JSON.stringify({ data: [null, 7, {}, { id: 7 }, { id: '' }, { id: 'm' }] }),
    'custom',
    'm',
  ],
  ['names with control characters', listOf('a\u0000b', 'm'), 'custom', 'm'],
  ['a page', '<html>hello</html>', 'custom', null],
  ['nothing', '', 'custom', null],
  ['an error that came with 200', JSON.stringify({ error: invalidApiKey().body }), 'custom', null],
]
for (const [name, body, vendor, id] of odd) {
  test(`a vendor's list that is ${name} gives ${id ?? 'no models'}, and no error`, async () => {
    await using list = await startList((_, response) => void response.end(body))
    await using fixture = await startFixture(api, {
      keys: { a: { models: ['*'], baseUrl: list.baseUrl, ...(vendor === undefined ? {} : { vendor }) } },
    })
    const own = (await idsOf(fixture.origin)).filter(listed => listed.startsWith(fixture.nameOf('a')))
    expect(own).toEqual(id === null ? [] : [`${fixture.nameOf('a')}/${id}`])
  })
}

test('samples with a key list their vendors’ models', async () => {
  await using vendor = await startVendorStandIn({ models: ['llama-3.1-8b-instant'], apiKeys: ['sample-key'] })
  await using fixture = await startFixture(api, {
    keys: {},
    environment: { GROQ_API_KEY: 'sample-key', GROQ_BASE_URL: vendor.baseUrl },
  })
  expect(await idsOf(fixture.origin)).toEqual(
    expect.arrayContaining([
      'llama-3.1-8b-instant',
      'groq/llama-3.1-8b-instant',
      'groq_1/llama-3.1-8b-instant',
    ]),
  )
})
