import { invalidApiKey } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Scene, setScene } from './scene.js'
import { startTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())

async function check(scene: Scene, providerName?: string): Promise<Response> {
  return fetch(`${scene.origin}/v1/keys/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ providerName }),
  })
}

test('each key is told to be good, refused, without money, missing or out of reach, and what to do', async () => {
  await using scene = await setScene(api, {
    keys: {
      good: { vendor: 'groq' },
      wrong: { vendor: 'groq' },
      poor: { vendor: 'huggingface' },
      unset: { isUnset: true },
      lost: { baseUrl: 'http://127.0.0.1:9' },
    },
    vendor: { apiKeys: ['key-good', 'key-poor'] },
  })
  const { keys } = (await (await check(scene)).json()) as {
    keys: { providerName: string; result: string; remedy: string | null }[]
  }
  const ofKey = (key: string) => keys.find(({ providerName }) => providerName === scene.nameOf(key))
  expect(ofKey('good')).toMatchObject({ result: 'ok', httpStatus: 200, remedy: null })
  expect(ofKey('wrong')).toMatchObject({
    result: 'refused',
    remedy: expect.stringContaining('make a new one'),
  })
  expect(ofKey('unset')).toMatchObject({ result: 'missing', remedy: expect.stringContaining('KEY_UNSET') })
  expect(ofKey('lost')).toMatchObject({ result: 'unreachable', httpStatus: null })
  // What was found is acted on: nobody is sent to a key that its vendor does not take.
  const stats = await api.client.stats.get.query({ providerName: scene.nameOf('wrong') })
  expect(stats).toMatchObject({ available: false, disabledBy: 'vendor', requestCount: 0 })
  expect(JSON.stringify(keys)).not.toContain('key-')
})

test('one key can be checked, an unknown one is 404, and no name but a text is taken', async () => {
  await using scene = await setScene(api, { keys: { a: {}, b: {} } })
  const one = await check(scene, scene.nameOf('a'))
  expect(await one.json()).toMatchObject({ keys: [{ providerName: scene.nameOf('a'), result: 'ok' }] })
  expect((await check(scene, 'nobody')).status).toBe(404)
  const odd = await fetch(`${scene.origin}/v1/keys/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"providerName":7}',
  })
  expect(odd.status).toBe(400)
})

test('a key that is good again is free at once', async () => {
  await using scene = await setScene(api, { keys: { a: { vendor: 'huggingface' } } })
  scene.vendor.respondWith(() => invalidApiKey())
  await scene.ask()
  const providerName = scene.nameOf('a')
  await expect
    .poll(async () => (await api.client.stats.get.query({ providerName })).disabledBy)
    .toBe('vendor')
  await check(scene, providerName)
  expect(await api.client.stats.get.query({ providerName })).toMatchObject({
    disabledBy: null,
    available: true,
  })
})
