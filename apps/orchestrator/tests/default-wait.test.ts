import { beforeAll, expect, test } from 'vitest'
import { requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

test('by default a request waits for a return within 5 s, and for no later one', async () => {
  await using fixture = await startFixture(api, {
    keys: {
      near: { limits: [{ metric: 'requests', window: 'rolling-2s', max: 1 }] },
      far: { limits: requestsPerDay(1) },
    },
  })
  const model = (key: string) => ({ model: `${fixture.nameOf(key)}/${fixture.model}` })
  expect([(await fixture.ask(model('near'))).status, (await fixture.ask(model('near'))).status]).toEqual([
    200, 200,
  ])
  expect([(await fixture.ask(model('far'))).status, (await fixture.ask(model('far'))).status]).toEqual([
    200, 429,
  ])
})
