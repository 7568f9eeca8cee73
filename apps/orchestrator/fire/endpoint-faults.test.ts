import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectNextKeyAfterEach } from '../tests/endpoint-faults.js'
import { exchanges } from '../tests/recorded-answers.js'
import { startTestApi, type TestApi } from '../tests/test-api.js'

let api: TestApi
beforeAll(async () => {
  // On PGlite: none of these tests depends on the database.
  api = await startTestApi({ databaseUrl: 'pglite:memory' })
})
afterAll(() => api?.[Symbol.asyncDispose]())

test.each(exchanges.map(exchange => [exchange.endpoint, exchange.form, exchange] as const))(
  '%s, %s: whatever a key sends in place of an answer, the next one is tried',
  async (_, __, exchange) => {
    expect.hasAssertions()
    await expectNextKeyAfterEach(api, exchange)
  },
)
