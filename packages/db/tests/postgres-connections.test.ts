import { createTestDatabase } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/index.js'
import { openGate } from './gate-keeper.js'
import { readValue, valueIn } from './read-value.js'

const ownPid = 'select pg_backend_pid()'

let created: Awaited<ReturnType<typeof createTestDatabase>>
let admin: Database

beforeAll(async () => {
  created = await createTestDatabase()
  admin = await openDatabase(created.url)
})

afterAll(async () => {
  await admin.close()
  await created.drop()
})

async function open(url = created.url, maxConnections = 2): Promise<Database & AsyncDisposable> {
  const database = await openDatabase(url, { maxConnections })
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.close() })
}

/** A promise that somebody else keeps. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

test('every connection has the settings that a shared lock needs, whatever the URL asks for besides', async () => {
  const url = new URL(created.url)
  url.searchParams.set('options', '-c search_path=elsewhere -c lock_timeout=0')
  for (const each of [created.url, url.href]) {
    await using database = await open(each)
    const names = [
      'lock_timeout',
      'statement_timeout',
      'idle_in_transaction_session_timeout',
      'TimeZone',
      'application_name',
      'synchronous_commit',
      // Compiling a plan takes longer than any of the statements.
      'jit',
    ]
    const values = names.map(name => readValue(database, `select current_setting('${name}')`))
    expect(await Promise.all(values)).toEqual(['2s', '5s', '2s', 'UTC', 'quotakeeper', 'on', 'off'])
    expect(await readValue(database, "select current_setting('search_path')")).toBe(
      each === created.url ? '"$user", public' : 'elsewhere',
    )
  }
})

test('a statement that is in one message twice, and again in later ones, answers each time', async () => {
  await using database = await open()
  const named = (value: number) => ({
    name: 'doubled',
    text: 'select $1::int * 2 as doubled, $2::text as nothing',
    values: [value, null],
  })
  const empty = { name: 'no-rows', text: 'select 1 as one where false', values: [] }
  await database.withSession(async session => {
    for (let round = 0; round < 3; round++) {
      expect(await session.run([named(1), empty, named(2), named(round)])).toEqual([
        [{ doubled: 2, nothing: null }],
        [],
        [{ doubled: 4, nothing: null }],
        [{ doubled: round * 2, nothing: null }],
      ])
    }
  })
})

test('what follows a statement that fails is not carried out, COMMIT included', async () => {
  await using database = await open()
  const once = (text: string) => ({ name: '', text, values: [] })
  await database.withSession(session => session.run([once('create table kept (n int)')]))
  const failing = ['begin', 'insert into kept values (1)', 'select 1 / 0', 'commit'].map(once)
  await expect(database.withSession(session => session.run(failing))).rejects.toMatchObject({ code: '22012' })
  expect(await readValue(database, 'select count(*)::int from kept')).toBe(0)
})

test('the statements of a message are all sent before any is answered', async () => {
  await using gate = await openGate(created.url)
  await using database = await open(gate.url)
  await readValue(database, 'select 1')
  gate.holdUntilSent('the last of them')
  const results = await database.withSession(session =>
    session.run([
      { name: 'first', text: 'select $1::int4 as n', values: [1] },
      { name: '', text: 'select 2 as n', values: [] },
      { name: 'last', text: 'select $1 as n', values: ['the last of them'] },
    ]),
  )
  expect(results).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 'the last of them' }]])
})

describe('when all connections are at work', () => {
  test('the next caller is refused after two seconds, and served once one is free', async () => {
    await using database = await open()
    const { opened, open: finish } = gate()
    const working = [1, 2].map(() => database.withSession(() => opened))
    const askedMs = performance.now()
    await expect(readValue(database, 'select 1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      isRetryable: true,
      cause: expect.any(Error),
    })
    expect(performance.now() - askedMs).toBeGreaterThan(1_900)
    const waiting = readValue(database, 'select 7')
    finish()
    expect(await waiting).toBe(7)
    await Promise.all(working)
  })

  test('no more connections are made, and all callers are served in turn', async () => {
    await using database = await open()
    const pids = await Promise.all(Array.from({ length: 50 }, () => readValue(database, ownPid)))
    expect(new Set(pids).size).toBeLessThanOrEqual(2)
  })
})

describe('a connection is given to nobody again', () => {
  test('when the work on it rejects', async () => {
    await using database = await open(created.url, 1)
    let pid: unknown
    const failing = database.withSession(async session => {
      pid = await valueIn(session, ownPid)
      throw new Error('no more')
    })
    await expect(failing).rejects.toThrow('no more')
    expect(await readValue(database, ownPid)).not.toBe(pid)
  })

  test('when the server ends it during work, which fails with the SQLSTATE', async () => {
    await using database = await open(created.url, 1)
    const pid = await readValue(database, ownPid)
    const reported = expect(readValue(database, 'select pg_sleep(20)')).rejects.toMatchObject({
      code: '57P01',
    })
    const state = `select state from pg_stat_activity where pid = ${pid}`
    await expect.poll(() => readValue(admin, state)).toBe('active')
    await readValue(admin, `select pg_terminate_backend(${pid})`)
    await reported
    expect(await readValue(database, ownPid)).not.toBe(pid)
  })

  test('when it is cut at work, which is STORE_UNAVAILABLE', async () => {
    await using gate = await openGate(created.url)
    await using database = await open(gate.url, 1)
    const pid = await readValue(database, ownPid)
    gate.filter(sent => (sent.includes('cut here') ? 'break' : 'pass'))
    await expect(readValue(database, "select 'cut here'")).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: expect.any(Error),
    })
    await expect(database.drizzle.execute("select 'cut here'")).rejects.toMatchObject({
      cause: { code: 'STORE_UNAVAILABLE' },
    })
    expect(await readValue(database, ownPid)).not.toBe(pid)
  })

  test('when it breaks while idle, which does not end the process', async () => {
    await using database = await open(created.url, 1)
    const pid = await readValue(database, ownPid)
    await readValue(admin, `select pg_terminate_backend(${pid})`)
    await expect.poll(() => readValue(database, ownPid)).not.toBe(pid)
  })
})

test('a connection that breaks while it is verified fails its caller, not the process', async () => {
  await using gate = await openGate(created.url)
  await using database = await open(gate.url)
  gate.filter(sent => (sent.includes('pg_is_in_recovery') ? 'break' : 'pass'))
  await expect(readValue(database, 'select 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  gate.filter(() => 'pass')
  expect(await readValue(database, 'select 1')).toBe(1)
})

test('a server that falls silent is given up after seven seconds, and asked again on a new connection', async () => {
  await using database = await open(created.url, 1)
  const pid = Number(await readValue(database, ownPid))
  process.kill(pid, 'SIGSTOP')
  try {
    await expect(readValue(database, 'select 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await readValue(database, ownPid)).not.toBe(pid)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('a server that is not there is STORE_UNAVAILABLE at once, with the cause', async () => {
  const url = new URL(created.url)
  url.port = '1'
  await using database = await open(url.href)
  await expect(readValue(database, 'select 1')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    cause: { code: 'ECONNREFUSED' },
  })
})
