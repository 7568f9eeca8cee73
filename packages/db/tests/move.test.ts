import { randomUUID } from 'node:crypto'
import { examineStore, QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { isThorough, type TestDatabase } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  AccessTokens,
  type Database,
  type MoveProgress,
  moveDatabase,
  openDatabase,
  PostgresQuotaStore,
  SealedKeys,
  type Statement,
  tables,
} from '../src/index.js'
import { createMigratedDatabase, openMigratedPglite } from './migrated-databases.js'
import { readValue } from './read-value.js'
import { withRoundTrips } from './with-round-trips.js'

const never = new AbortController().signal
const ignore = (): void => undefined

let created: TestDatabase
let source: Database
let target: Database

beforeAll(async () => {
  created = await createMigratedDatabase()
  source = await openMigratedPglite()
  target = await openDatabase(created.url)
  const store = new PostgresQuotaStore({ database: source })
  const tracker = new QuotaTracker({ store })
  const oddText = 'a "quoted" \\ backslash, Ünïcödé 😀, tab \t and comma'
  await tracker.upsertPool({
    name: 'p',
    timeZone: 'Asia/Tokyo',
    limits: [{ metric: 'tokens', window: 'month', max: 9_007_199_254_740_991 }],
  })
  await tracker.upsertProvider({
    name: 'a',
    vendor: 'custom',
    pool: 'p',
    metadata: { note: oddText, nested: { list: [1, null, true] } },
    limits: [
      { metric: 'characters', window: 'day', max: 100 },
      { metric: 'requests', window: 'rolling-1d', max: 7_919 },
    ],
  })
  await tracker.recordUsage('a', {
    characterCount: 95,
    inputTokenCount: 9_007_199_254_740_000,
    metadata: { note: oddText },
  })
  await tracker.reserve({ providerName: 'a', characterCount: 1, consumer: oddText.replace('\t', ' ') })
  const service = new QuotaService({ store })
  const refusal = { scope: 'provider', model: 'm', kind: 'billing', untilMs: null } as const
  await service.observe(null, { providerName: 'a', model: 'm', facts: [], refusal, succeeded: false })
  await new AccessTokens(source).create(
    { name: 'ci', sha256: 'ab'.repeat(32), consumer: 'acme', scopes: ['call', 'read'], expiresAtMs: null },
    'admin',
  )
  const sealed = {
    providerName: 'a',
    ciphertext: 'sealed',
    fingerprint: 'f',
    keyPairId: 'k',
    vendor: 'groq',
    baseUrl: null,
  }
  await new SealedKeys(source).put(sealed, { actor: 'admin', onlyIfAbsent: false })
  await new SealedKeys(source).offer({ gateway: 'g', publicKeys: [{ id: 'k', publicKey: 'p' }] })
  await source.withSession(session =>
    session.run([
      {
        name: '',
        text: `insert into ai_provider_usage (writer, provider_name, date, request_count)
          select quotakeeper_least_writer(), 'of_long_ago', date '2020-01-01' + d, 9223372036854775807 - d from generate_series(1, 1700) as d`,
        values: [],
      },
      {
        name: '',
        text: `insert into call_hourly values (now(), 'a', 'm', '', false, 1, 2, 3, 4, 5, '{0,7}', '{}')`,
        values: [],
      },
      {
        name: '',
        text: "insert into ended_session (id, ends_at) values ('left', now() + interval '1 day')",
        values: [],
      },
    ]),
  )
  await store.close()
})

afterAll(async () => {
  await Promise.all([source.close(), target.close()])
  await created.drop()
})

/** Records of a provider on three days, and their sums, as the store would have written them. */
function ledgerOf(name: string, rows: number): readonly Statement[] {
  const others = ['input_token_count', 'output_token_count', 'cached_input_token_count', 'cost_micro_usd']
  const counts = ['request_count', 'character_count', ...others]
  const figures = '1, n % 1000, 0, 0, 0, 0'
  const sums = counts.map(column => `sum(${column})`).join(', ')
  const texts = [
    `insert into usage_attempt (writer, id, kind, provider_name, model, consumer, state,
        ${counts.map(column => `reserved_${column}`).join(', ')}, ${counts.join(', ')},
        outcome, occurred_at, date, settled_at, request_hash, metadata)
      select quotakeeper_least_writer(), lpad(to_hex(n), 32, '0')::uuid, 'record', '${name}', 'm' || n % 7, '', 'committed', ${figures}, ${figures},
        'succeeded', at, (at at time zone 'UTC')::date, at, md5(n::text), jsonb_build_object('n', n, 'odd', '\\" 😀')
      from generate_series(1, ${rows}) as n, lateral (select now() - n % 3 * interval '1 day' - n * interval '1 ms' as at) as time`,
    `insert into usage_hourly (provider_name, hour_start, date, model, consumer, ${counts.join(', ')})
      select provider_name, date_trunc('hour', occurred_at), date, model, consumer, ${sums}
      from usage_attempt where provider_name = '${name}' group by 1, 2, 3, 4, 5`,
    `insert into ai_provider_usage (writer, provider_name, date, ${counts.join(', ')})
      select quotakeeper_least_writer(), provider_name, date, ${sums} from usage_hourly where provider_name = '${name}' group by provider_name, date`,
  ]
  return texts.map(text => ({ name: '', text, values: [] }))
}

/** Everything in every table, as text. */
async function contents(database: Database): Promise<readonly string[]> {
  const names = Object.values(tables).flatMap(table =>
    typeof table === 'object' && table !== null && Symbol.for('drizzle:Name') in table
      ? [String(Reflect.get(table, Symbol.for('drizzle:Name')))]
      : [],
  )
  expect(names.length).toBe(20)
  const results = await database.withSession(session =>
    session.run(
      names.map(name => ({
        name: '',
        text: `select to_jsonb(t)::text as row from ${name} as t`,
        values: [],
      })),
    ),
  )
  return results.flatMap((rows, index) => rows.map(row => `${names[index]} ${row['row']}`)).sort()
}

test('everything arrives, letter by letter, and goes on from there', async () => {
  // As releases before that column have left it: such rows arrive as those of this release.
  await readValue(source, "update usage_attempt set writer = null where provider_name = 'a'")
  const progress: MoveProgress[] = []
  const counts = await moveDatabase(source, target, {
    onProgress: step => void progress.push(step),
    signal: never,
  })
  await readValue(
    source,
    "update usage_attempt set writer = quotakeeper_least_writer() where provider_name = 'a'",
  )
  expect(await contents(target)).toEqual(await contents(source))
  expect(counts.get('ai_provider_usage')).toBe(1_701)
  expect(progress.at(-1)?.rows).toBe(progress.at(-1)?.ofRows)
  const store = new PostgresQuotaStore({ database: target })
  expect(await examineStore(store, ['a'])).toEqual([])
  const tracker = new QuotaTracker({ store })
  await tracker.recordUsage('a', { id: randomUUID(), characterCount: 50 })
  const { rows } = await store.read({
    type: 'alerts',
    subjectKind: null,
    subjectName: null,
    severity: null,
    cursor: null,
    pageSize: 100,
  })
  expect(rows.filter(row => row.thresholdPercent === 100 && row.kind === 'threshold')).toHaveLength(1)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  expect(await examineStore(store, ['a'])).toEqual([])
  await store.close()
})

test('many rows arrive, and their sums agree', async () => {
  const many = isThorough ? 30_000 : 6_000
  const own = await createMigratedDatabase()
  const [large, empty] = [await openMigratedPglite(), await openDatabase(own.url)]
  const filling = new QuotaTracker({ store: new PostgresQuotaStore({ database: large }) })
  await filling.upsertProvider({ name: 'busy', vendor: 'custom', limits: [] })
  await large.withSession(session => session.run(ledgerOf('busy', many)))
  const counts = await moveDatabase(large, empty, { onProgress: ignore, signal: never })
  expect(counts.get('usage_attempt')).toBe(many)
  const digest = {
    name: '',
    text: 'select sum(hashtextextended(to_jsonb(t)::text, 0)) as digest from usage_attempt as t',
    values: [],
  }
  const [before, after] = await Promise.all(
    [large, empty].map(database => database.withSession(session => session.run([digest]))),
  )
  expect(after).toEqual(before)
  const store = new PostgresQuotaStore({ database: empty })
  expect(await examineStore(store, null)).toEqual([])
  await store.close()
  await Promise.all([large.close(), empty.close()])
  await own.drop()
})

test('a target with anything in it is refused, and stays as it is', async () => {
  const before = await contents(target)
  await expect(moveDatabase(source, target, { onProgress: ignore, signal: never })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('name an empty database'),
  })
  expect(await contents(target)).toEqual(before)
})

test('a move that is broken off leaves nothing behind', async () => {
  const own = await createMigratedDatabase()
  const empty = await openDatabase(own.url)
  const leaving = new AbortController()
  const onProgress = ({ rows, ofRows }: MoveProgress): void => {
    if (rows > ofRows / 2) leaving.abort(new Error('interrupted'))
  }
  await expect(moveDatabase(source, empty, { onProgress, signal: leaving.signal })).rejects.toThrow(
    'interrupted',
  )
  expect(await contents(empty)).toEqual([])
  await moveDatabase(source, empty, { onProgress: ignore, signal: never })
  expect((await contents(empty)).length).toBe((await contents(source)).length)
  await empty.close()
  await own.drop()
})

test('a move whose rows do not all arrive blames no input, says what to do, and leaves nothing behind', async () => {
  const own = await createMigratedDatabase()
  const lossy = await openDatabase(own.url)
  const drop = 'begin return null; end'
  await readValue(lossy, `create function drop_row() returns trigger language plpgsql as '${drop}'`)
  await readValue(
    lossy,
    'create trigger drop_row before insert on audit_log for each row execute function drop_row()',
  )
  const count = await readValue(source, 'select count(*) from audit_log')
  const failed = await moveDatabase(source, lossy, { onProgress: ignore, signal: never }).catch(
    error => error,
  )
  expect(failed).not.toHaveProperty('code')
  expect(failed).toHaveProperty(
    'message',
    `copying audit_log failed: 0 of ${count} rows arrived; nothing was changed. Run the move again, and report it if that fails too`,
  )
  expect(await contents(lossy)).toEqual([])
  await lossy.close()
  await own.drop()
})

test('what is slow to read is moved all the same, and who writes to the target waits meanwhile', async () => {
  const own = await createMigratedDatabase()
  const [empty, other] = [await openDatabase(own.url), await openDatabase(own.url)]
  // Longer than a connection may be silent in a transaction, where it makes decisions.
  const silenceMs = 2_500
  let paused = false
  const slow = withRoundTrips(source, async (statements, run) => {
    if (!paused && statements[0]?.text.startsWith('fetch')) {
      paused = true
      await new Promise(resolve => setTimeout(resolve, silenceMs))
    }
    return run(statements)
  })
  let isWritten = false
  let wasWritten = false
  const onProgress = (): void => {
    wasWritten ||= isWritten
  }
  const moving = moveDatabase(slow, empty, { onProgress, signal: never })
  await expect.poll(() => paused).toBe(true)
  const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database: other }) })
  const writing = tracker.upsertProvider({ name: 'b', vendor: 'custom', limits: [] }).then(() => {
    isWritten = true
  })
  expect((await moving).get('ai_provider')).toBe(1)
  expect(wasWritten).toBe(false)
  await writing
  expect((await contents(empty)).filter(row => row.startsWith('ai_provider {'))).toHaveLength(2)
  await Promise.all([empty.close(), other.close()])
  await own.drop()
})

test('a target at which somebody else is at work is left alone', async () => {
  const own = await createMigratedDatabase()
  const [empty, other] = [await openDatabase(own.url), await openDatabase(own.url)]
  const plain = (text: string): Statement => ({ name: '', text, values: [] })
  await other.withSession(
    async session => {
      await session.run([
        plain('begin'),
        plain("set local idle_in_transaction_session_timeout = '1min'"),
        plain('lock table quota_counter'),
      ])
      await expect(moveDatabase(source, empty, { onProgress: ignore, signal: never })).rejects.toThrow(
        'another program is using the target',
      )
      await session.run([plain('rollback')])
    },
    { statementTimeoutMs: 30_000 },
  )
  expect(await contents(empty)).toEqual([])
  await Promise.all([empty.close(), other.close()])
  await own.drop()
})
