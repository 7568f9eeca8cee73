import { createApiDatabase, holdSubject } from '@quotakeeper/test-kit'
import { test } from 'vitest'
import { startFixture } from './fixture.js'
import { startTestApi } from './test-api.js'

test.concurrent('while another session locks the quota of one key, calls go to the other, and traces state why', async ({
  expect,
}) => {
  const database = await createApiDatabase()
  await using _dropped = { [Symbol.asyncDispose]: () => database.drop() }
  await using api = await startTestApi({ databaseUrl: database.url })
  const limits = [{ metric: 'requests', window: 'day', max: 1_000 }] as const
  await using fixture = await startFixture(api, {
    // The first has more left and would be chosen each time.
    keys: { held: { limits }, other: { limits: [{ ...limits[0], max: 500 }] } },
  })
  await api.client.usage.record.mutate({ providerName: fixture.nameOf('other'), requestCount: 100 })
  const subject = { kind: 'provider', name: fixture.nameOf('held') }
  await using holder = await holdSubject(database.url, subject)
  // A caller of only the locked key waits for it, in vain.
  const named = api.client.quota.reserve.mutate({ providerName: subject.name }).then(() => undefined, String)
  const answers = await Promise.all(Array.from({ length: 20 }, () => fixture.ask()))
  for (let count = 0; count < 20; count++) answers.push(await fixture.ask())
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(await named).toContain(`holds a lock that provider "${subject.name}" waited for`)
  const requestId = answers.at(-1)?.headers.get('x-quotakeeper-request-id') ?? ''
  const trace = async () => JSON.stringify(await api.client.requests.get.query({ requestId }).catch(() => ''))
  await expect.poll(trace).toContain('"code":"busy"')
  await holder.release()
  // A busy machine may still have callers that wait for the lock: the first key is chosen once they have it.
  const chosen: (string | null)[] = []
  const askAgain = async (): Promise<string | null> => {
    const { status, headers } = await fixture.ask()
    expect(status).toBe(200)
    chosen.push(headers.get('x-quotakeeper-provider'))
    return headers.get('x-quotakeeper-provider')
  }
  await expect.poll(askAgain).toBe(subject.name)
  // All but the last, and the recorded one.
  expect(await fixture.ledgerOf('other')).toHaveLength(answers.length + chosen.length)
})

test.concurrent('if the quota of the only key stays locked, the call is refused and the error names its subject', async ({
  expect,
}) => {
  const database = await createApiDatabase()
  await using _dropped = { [Symbol.asyncDispose]: () => database.drop() }
  await using api = await startTestApi({ databaseUrl: database.url })
  await using fixture = await startFixture(api, { keys: { a: {} } })
  await using _holder = await holdSubject(database.url, { kind: 'provider', name: fixture.nameOf('a') })
  const answer = await fixture.ask()
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain(fixture.nameOf('a'))
})
