import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ModelPage } from '../src/gateway/model-page.js'
import { type Fixture, startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
/** Never answers. */
const silent = createServer(() => undefined)
beforeAll(async () => {
  api = await startTestApi()
  await new Promise<void>(resolve => silent.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = silent.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  const baseUrl = `http://127.0.0.1:${address.port}`
  fixture = await startFixture(api, {
    keys: { a: { models: ['claude-one', 'claude-two'] }, b: { baseUrl, models: ['*'] } },
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  silent.closeAllConnections()
  await new Promise(resolve => silent.close(resolve))
  await api[Symbol.asyncDispose]()
})

async function list(query = '', headers: Record<string, string> = {}) {
  const response = await fetch(`${fixture.origin}/v1/models${query}`, { headers })
  // The tests check its format.
  const body = (await response.json()) as ModelPage
  return { status: response.status, body }
}

test('one body serves OpenAI’s and Anthropic’s clients, even with a vendor that does not answer', async () => {
  const { body } = await list()
  expect(body).toMatchObject({ object: 'list', has_more: false })
  expect(body.data[0]).toEqual({
    id: 'claude-one',
    object: 'model',
    created: expect.any(Number),
    owned_by: 'custom',
    type: 'model',
    display_name: 'claude-one',
    created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
  })
  expect(body.first_id).toBe(body.data[0]?.id)
  expect(body.last_id).toBe(body.data.at(-1)?.id)
  const one = await fetch(`${fixture.origin}/v1/models/claude-one`)
  expect(await one.json()).toEqual(body.data[0])
})

test('limit, after_id and before_id page through the whole list', async () => {
  const { body: all } = await list()
  const names = all.data.map(({ id }) => id)
  const seen: string[] = []
  let query = '?limit=2'
  for (let pages = 0; pages < names.length; pages++) {
    const { body } = await list(query)
    seen.push(...body.data.map(({ id }) => id))
    if (!body.has_more) break
    query = `?limit=2&after_id=${encodeURIComponent(body.last_id ?? '')}`
  }
  expect(seen).toEqual(names)
  const { body: before } = await list(`?limit=1&before_id=${encodeURIComponent(names[2] ?? '')}`)
  expect(before).toMatchObject({ data: [{ id: names[1] }], has_more: true })
  expect((await list('?limit=1000')).body.data).toEqual(all.data)
})

test.each(['?limit=0', '?limit=1001', '?limit=x', '?after_id=nobody', '?before_id=nobody', '?limit='])(
  '%s is refused, in the shape of whoever asks',
  async query => {
    expect(await list(query)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error' } },
    })
    expect(await list(query, { 'anthropic-version': '2023-06-01' })).toMatchObject({
      status: 400,
      body: { type: 'error', error: { type: 'invalid_request_error' } },
    })
  },
)
