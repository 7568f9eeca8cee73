import { randomUUID } from 'node:crypto'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppRouter } from '../src/index.js'
import { type BuiltApi, type Folder, makeFolder, startApiInstance, startApiProcess } from './api-process.js'

const admin = 'a-token-of-the-environment-for-changes'
const environment = { QUOTA_API_TOKEN: 'a-token-of-the-environment-for-use', QUOTA_ADMIN_TOKEN: admin }

let folders: readonly Folder[]
let database: Awaited<ReturnType<typeof createApiDatabase>>
let replicas: readonly BuiltApi[]
let root: TRPCClient<AppRouter>

type Report = Parameters<typeof root.performance.report.mutate>[0]
type Calls = Report['calls'][number]

function clientOf(secret: string, { origin } = replicas[0] ?? { origin: '' }): TRPCClient<AppRouter> {
  const headers = { authorization: `Bearer ${secret}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
}

beforeAll(async () => {
  folders = await Promise.all([makeFolder(), makeFolder()])
  database = await createApiDatabase()
  const env = { QUOTA_DATABASE_URL: database.url, ...environment }
  replicas = await Promise.all(
    folders.map((folder, at) => (at === 0 ? startApiInstance : startApiProcess)(folder, env)),
  )
  root = clientOf(admin)
})

afterAll(async () => {
  await Promise.all((replicas ?? []).map(replica => replica[Symbol.asyncDispose]()))
  await database?.drop()
  await Promise.all((folders ?? []).map(folder => folder[Symbol.asyncDispose]()))
})

const thisHour = (): string => `${new Date().toISOString().slice(0, 13)}:00:00.000Z`

function answered(more: Partial<Calls> = {}): Calls {
  return {
    ...{ hourStart: thisHour(), providerName: 'groq_1', model: 'm', consumer: '', isOther: false },
    ...{ answeredCount: 1, refusedCount: 0, failedCount: 0, abortedCount: 0, turnedAwayCount: 0 },
    ...{ durations: [0, 0, 1], firstTokens: [1] },
    ...more,
  }
}

const reportOf = (calls: readonly Calls[], reporter: string = randomUUID(), number = 1): Report => ({
  ...{ reporter, number, calls },
})

test('a report that is sent to two replicas at once, and once more, is counted once', async () => {
  const report = reportOf([answered({ model: 'twice' })])
  const clients = replicas.map(replica => clientOf(admin, replica))
  const answers = await Promise.all(
    [...clients, ...clients].map(client => client.performance.report.mutate(report)),
  )
  expect(answers.filter(({ taken }) => taken)).toHaveLength(1)
  expect(await root.performance.report.mutate(report)).toEqual({ taken: false })
  const { rows } = await root.performance.get.query({ by: 'model', model: 'twice' })
  expect(rows).toMatchObject([{ name: 'twice', answeredCount: 1, duration: { p50Ms: 13 } }])
})

test('a token of a consumer sees its own figures and those below it, without providers', async () => {
  await root.consumers.upsert.mutate({ name: 'acme' })
  await root.consumers.upsert.mutate({ name: 'acme app', parent: 'acme' })
  await root.performance.report.mutate(
    reportOf([
      ...['acme', 'acme app', 'globex', ''].map(consumer => answered({ consumer, model: 'of-consumers' })),
      answered({ model: '', isOther: true }),
    ]),
  )
  const { secret } = await root.tokens.create.mutate({ name: 'reader', scopes: ['read'], consumer: 'acme' })
  const own = clientOf(secret ?? '')
  const { rows } = await own.performance.get.query({ by: 'consumer' })
  expect(rows.map(({ name }) => name)).toEqual(['acme', 'acme app'])
  expect((await own.performance.get.query({ by: 'model' })).rows).toMatchObject([
    { name: 'of-consumers', isOther: false, callCount: 2 },
  ])
  const refused = [
    own.performance.get.query({ by: 'provider' }),
    own.performance.get.query({ by: 'model', providerName: 'groq_1' }),
    own.performance.get.query({ by: 'model', consumer: 'globex' }),
    own.performance.report.mutate(reportOf([])),
  ]
  const forbidden = { status: 'rejected', reason: { data: { code: 'FORBIDDEN' } } }
  expect(await Promise.allSettled(refused)).toMatchObject(refused.map(() => forbidden))
})

test.each<readonly [string, object]>([
  ['a sum of half an hour', { hourStart: '2026-11-29T12:30:00.000Z' }],
  ['an hour in local time', { hourStart: '2026-11-29T12:00:00.000+01:00' }],
  ['a negative count', { answeredCount: -1 }],
  ['more buckets than there are', { durations: Array.from({ length: 76 }, () => 0) }],
  ['a name that is too long', { model: 'm'.repeat(201) }],
  ['an unknown field', { more: true }],
])('refuses %s', async (_, fault) => {
  const calls = [{ ...answered(), ...fault }]
  const call = root.performance.report.mutate(reportOf(calls))
  await expect(call).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } })
})

test('refuses reports without an id or a number, and with more than 100 sums', async () => {
  const many = Array.from({ length: 101 }, () => answered())
  const calls = [reportOf([], 'mine'), reportOf([], randomUUID(), 0), reportOf(many)]
  for (const each of calls)
    await expect(root.performance.report.mutate(each)).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST' },
    })
})
