import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../src/api/connect.js'
import { type Fixture, startFixture } from './cli-process.js'
import { startRecordingProxy } from './recording-proxy.js'
import { runWith } from './typed-input.js'

// The API is on PostgreSQL.
let fixture: Fixture
let client: ReturnType<typeof connect>

beforeAll(async () => {
  fixture = await startFixture()
  client = connect({ url: fixture.origin, token: null }, new AbortController().signal)
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

/** Runs a command while somebody else changes something, right before its first request to this procedure. */
async function runBeside(args: readonly string[], procedure: string, meanwhile: () => Promise<unknown>) {
  let isDone = false
  await using proxy = await startRecordingProxy(fixture.origin, async path => {
    if (isDone || !path.includes(procedure)) return
    isDone = true
    await meanwhile()
  })
  const ended = await runWith({ folder: fixture.folder, origin: proxy.origin }, args, '')
  expect(isDone).toBe(true)
  return ended
}

const idsOf = (owner: { readonly limits: readonly { readonly id: string }[] } | undefined) =>
  owner?.limits.map(({ id }) => id).sort()

const tokens = { metric: 'tokens', window: 'day', max: 9 } as const
const others = { limits: [tokens] }

test('of two that set limits of one provider at once, both are kept', async () => {
  const args = ['providers', 'set-limit', 'groq_1', 'requests/day=5']
  const { limits } = await client.providers.get.query({ name: 'groq_1' })
  const ended = await runBeside(args, 'providers.upsert', () =>
    client.providers.upsert.mutate({ name: 'groq_1', limits: [...limits, tokens] }),
  )
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect(idsOf(await client.providers.get.query({ name: 'groq_1' }))).toEqual([
    ...['characters/day', 'requests/day', 'tokens/day'],
  ])
})

test('a limit that others add while another is removed is kept', async () => {
  await client.providers.upsert.mutate({ name: 'groq_2', limits: [{ ...tokens, metric: 'requests' }] })
  const args = ['providers', 'remove-limit', 'groq_2', 'requests/day']
  const { limits } = await client.providers.get.query({ name: 'groq_2' })
  const ended = await runBeside(args, 'providers.upsert', () =>
    client.providers.upsert.mutate({ name: 'groq_2', limits: [...limits, tokens] }),
  )
  expect(ended.code).toBe(0)
  expect(idsOf(await client.providers.get.query({ name: 'groq_2' }))).toEqual(['tokens/day'])
})

test('of two that make a pool or a consumer with limits at once, both are kept', async () => {
  const ofPool = await runBeside(['pools', 'set', 'org', 'requests/day=5'], 'pools.upsert', () =>
    client.pools.upsert.mutate({ name: 'org', ...others }),
  )
  const ofConsumer = await runBeside(['consumers', 'set', 'org', 'requests/day=5'], 'consumers.upsert', () =>
    client.consumers.upsert.mutate({ name: 'org', ...others }),
  )
  expect([ofPool.err, ofConsumer.err]).toEqual(['', ''])
  const pool = (await client.pools.list.query()).rows.find(({ name }) => name === 'org')
  expect(idsOf(pool)).toEqual(['requests/day', 'tokens/day'])
  expect(idsOf(await client.consumers.get.query({ name: 'org' }))).toEqual(['requests/day', 'tokens/day'])
})

test('many that set limits of one provider at once all succeed, or fail since it was changed', async () => {
  const name = 'groq_3'
  const { updatedAt } = await client.providers.get.query({ name })
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, max) =>
      client.providers.upsert.mutate({
        ...{ name, limits: [{ ...tokens, max }], expectedUpdatedAt: updatedAt },
      }),
    ),
  )
  const made = results.flatMap((result, max) => (result.status === 'fulfilled' ? [max] : []))
  expect(made).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ data: { quotaCode: 'REVISION_CHANGED', httpStatus: 409 } })
  expect((await client.providers.get.query({ name })).limits).toMatchObject([{ max: made[0] }])
})
