import { AlertFeed, type Database, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AlertPosition } from '../src/alerts/alert-position.js'
import { AlertFollowers } from '../src/alerts/follow-alerts.js'
import type { AppRouter } from '../src/index.js'
import { type BuiltApi, type Folder, makeFolder, startApiInstance, startApiProcess } from './api-process.js'

let created: Awaited<ReturnType<typeof createApiDatabase>>
let folder: Folder
let first: BuiltApi
let second: BuiltApi
let database: Database

beforeAll(async () => {
  created = await createApiDatabase()
  folder = await makeFolder()
  const env = { QUOTA_DATABASE_URL: created.url, QUOTA_LOG_LEVEL: 'fatal' }
  ;[first, second] = await Promise.all([startApiInstance(folder, env), startApiProcess(folder, env)])
  database = await openDatabase(created.url)
})

afterAll(async () => {
  await database.close()
  await first[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
  await created.drop()
})

let made = 0

/** Makes a provider cross a threshold through this process. */
async function cross(api: BuiltApi, characterCount = 80): Promise<string> {
  const name = `streamed_${++made}`
  const limits = [{ metric: 'characters', window: 'day', max: 100 }] as const
  await api.client.providers.upsert.mutate({ name, vendor: 'custom', limits: [...limits] })
  await api.client.usage.record.mutate({ providerName: name, characterCount })
  return name
}

interface Event {
  readonly id: string
  readonly name: string
}

/** Subscribes by plain HTTP, like curl, until closed. */
async function followPlainly(api: BuiltApi, headers: Readonly<Record<string, string>> = {}, query = '') {
  const leaving = new AbortController()
  const response = await fetch(`${api.origin}/trpc/alerts.stream${query}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  })
  const events: Event[] = []
  let text = ''
  let whole = ''
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const piece = decoder.decode(chunk, { stream: true })
      text += piece
      whole += piece
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map(line => line.split(/: ?(.*)/s, 2) as [string, string]),
        )
        text = text.slice(end + 2)
        const id = fields.get('id')
        if (id !== undefined) events.push({ id, name: JSON.parse(fields.get('data') ?? '').subject.name })
      }
    }
  })().catch(() => undefined)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    events,
    text: () => whole,
    ended: reading,
    leave: async () => {
      leaving.abort()
      await reading
    },
  }
}

/** From the first alert on, so that it does not matter when the subscription starts. */
const fromTheFirst = { 'last-event-id': '0' }

test('an alert raised by any replica is streamed by every one, typed by the router', async () => {
  const url = `${second.origin}/trpc`
  const client = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: operation => operation.type === 'subscription',
        true: httpSubscriptionLink({ url, EventSource }),
        false: httpLink({ url }),
      }),
    ],
  })
  const received: { id: string; name: string; severity: string }[] = []
  const subject = { kind: 'provider', name: `streamed_${made + 1}` } as const
  const subscription = client.alerts.stream.subscribe(
    { subject, lastEventId: '0' },
    { onData: ({ id, data }) => received.push({ id, name: data.subject.name, severity: data.severity }) },
  )
  const name = await cross(first, 95)
  await expect.poll(() => received.map(event => event.severity)).toEqual(['warning', 'critical'])
  expect(received.every(event => event.name === name)).toBe(true)
  subscription.unsubscribe()
})

test('a subscriber resumes after a disconnect, also at another replica, without losing or repeating alerts', async () => {
  const before = await followPlainly(first, fromTheFirst)
  expect([before.status, before.type]).toEqual([200, 'text/event-stream'])
  const seen = await cross(second)
  await expect.poll(() => before.events.at(-1)?.name).toBe(seen)
  await before.leave()
  const missed = [await cross(first), await cross(second)]
  const after = await followPlainly(second, { 'last-event-id': before.events.at(-1)?.id ?? '' })
  await expect.poll(() => after.events.map(({ name }) => name)).toEqual(missed)
  const next = await cross(first)
  await expect.poll(() => after.events.map(({ name }) => name)).toEqual([...missed, next])
  await after.leave()
})

test('alerts can be filtered by severity and subject, and an invalid event id is refused', async () => {
  const follow = (input: object) =>
    followPlainly(first, {}, `?${new URLSearchParams({ input: JSON.stringify(input) })}`)
  await cross(first, 80)
  const name = await cross(first, 95)
  const critical = await follow({ severity: 'critical', lastEventId: '0' })
  const own = await follow({ subject: { kind: 'provider', name }, lastEventId: '0' })
  const names = (events: readonly Event[]): readonly string[] => events.map(event => event.name)
  await expect.poll(() => names(own.events)).toEqual([name, name])
  await expect.poll(() => names(critical.events).at(-1)).toBe(name)
  expect(critical.events.length).toBeLessThan(made)
  await critical.leave()
  await own.leave()
  const refused = await follow({ lastEventId: 'x' })
  await refused.ended
  expect(refused.text()).toMatch(/event: serialized-error\ndata: .*lastEventId: is not an event id/)
})

test('a subscriber that resumes ahead of the database, as after a restore, gets new alerts', async () => {
  await cross(first)
  const ahead = await followPlainly(second, { 'last-event-id': '999999+1000001' })
  // The stream is open once its first bytes have come; the alert after that is new to it.
  await expect.poll(() => ahead.text()).not.toBe('')
  const names: string[] = []
  await expect
    .poll(
      async () => {
        names.push(await cross(first))
        return ahead.events.length
      },
      { interval: 500 },
    )
    .toBeGreaterThan(0)
  expect(names).toContain(ahead.events[0]?.name)
  await ahead.leave()
})

test('the last id is known after a move, which sets the sequence without using it, and after rows were deleted', async () => {
  const own = await createApiDatabase()
  const moved = await openDatabase(own.url)
  const feed = new AlertFeed(moved)
  const run = (text: string) => moved.withSession(session => session.run([{ name: '', text, values: [] }]))
  expect(await feed.lastId()).toBe(0)
  await run(`insert into quota_alert (subject_kind, subject_name, limit_id, model, window_start, threshold_percent,
      limit_version, severity, metric, "window", used, max, raised_at)
    values ('provider', 'a', 'characters/day', '', now(), 80, 1, 'warning', 'characters', 'day', 80, 100, now())`)
  expect(await feed.lastId()).toBe(1)
  await run(`select setval('quota_alert_id_seq', 2, false)`)
  expect(await feed.lastId()).toBe(1)
  await run(`select nextval('quota_alert_id_seq')`)
  await run('delete from quota_alert')
  expect(await feed.lastId()).toBe(2)
  await moved.close()
  await own.drop()
})

test('a stopping server ends its streams without waiting for them', async () => {
  const env = { QUOTA_DATABASE_URL: created.url, QUOTA_LOG_LEVEL: 'fatal' }
  await using own = await startApiProcess(folder, env)
  const stream = await followPlainly(own)
  expect(await own.process.stop(5_000)).toMatchObject({ code: 0 })
  await stream.ended
})

test('an alert whose transaction commits after a later one is still sent, once', async () => {
  const own = await createApiDatabase()
  const [one, other] = [await openDatabase(own.url), await openDatabase(own.url)]
  const store = new PostgresQuotaStore({ database: one })
  const tracker = new QuotaTracker({ store })
  const limits = [{ metric: 'characters', window: 'day', max: 100 }] as const
  await tracker.upsertProvider({ name: 'a', vendor: 'custom', limits: [...limits] })
  const log = { warn: () => undefined, error: () => undefined }
  const followers = new AlertFollowers({ feed: new AlertFeed(other), log, everyMs: 20 })
  const reported: string[] = []
  const leaving = new AbortController()
  const following = (async () => {
    const filter = { severity: null, subject: null, address: '127.0.0.1' }
    for await (const { alert, position } of followers.follow(new AlertPosition(0), filter, leaving.signal))
      reported.push(`${alert.subject.name} at ${position}`)
  })()
  const insert = (name: string) => ({
    name: '',
    text: `insert into quota_alert (subject_kind, subject_name, limit_id, model, window_start, threshold_percent,
        limit_version, severity, metric, "window", used, max, raised_at)
      values ('provider', $1, 'characters/day', '', now(), 80, 1, 'warning', 'characters', 'day', 80, 100, clock_timestamp())`,
    values: [name],
  })
  const plain = (text: string) => ({ name: '', text, values: [] })
  await other.withSession(async slow => {
    await slow.run([plain('begin'), insert('early')])
    await one.withSession(session => session.run([insert('late')]))
    await expect.poll(() => reported).toEqual(['late at 0+2'])
    await slow.run([plain('commit')])
  })
  await expect.poll(() => reported).toEqual(['late at 0+2', 'early at 2'])
  leaving.abort()
  await following
  await store.close()
  await Promise.all([one.close(), other.close()])
  await own.drop()
})

/** Whether a subscription is accepted; closes it again. */
async function attempt(following: Promise<() => void>): Promise<boolean> {
  try {
    const leave = await following
    leave()
    return true
  } catch {
    return false
  }
}

/** Subscribes until the text has arrived; returns a function that closes the stream. */
async function followUntil(text: string): Promise<() => void> {
  const leaving = new AbortController()
  const headers = { accept: 'text/event-stream', ...fromTheFirst }
  const response = await fetch(`${first.origin}/trpc/alerts.stream`, { headers, signal: leaving.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (let whole = ''; !whole.includes(text); ) {
    const part = await reader?.read()
    if (part === undefined || part.done) throw new Error(`the stream has ended without "${text}": ${whole}`)
    whole += part.value
  }
  return () => leaving.abort()
}

test('the number of streams of an address is limited, and closing them makes room again', async () => {
  const streams = await Promise.all(Array.from({ length: 30 }, () => followUntil('event: connected')))
  const leaveRefused = await followUntil('TOO_MANY_REQUESTS')
  for (const leave of [...streams, leaveRefused]) leave()
  await cross(first)
  await expect.poll(() => attempt(followUntil('"subject"'))).toBe(true)
})
