import { randomUUID } from 'node:crypto'
import { defaultRetentionDays, examineStore, QuotaTracker } from '@quotakeeper/quota-core'
import { describe, expect, test } from 'vitest'
import { type Database, PostgresQuotaStore, pruneOldRows } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { readValue, valueIn } from './read-value.js'
import { withRoundTrips } from './with-round-trips.js'

const options = { ...defaultRetentionDays, maxSteps: 100 }
const limits = [
  { metric: 'characters', window: 'month', max: 1_000_000 },
  { metric: 'characters', window: 'rolling-31d', max: 1_000_000 },
] as const

async function trackerOver(database: Database): Promise<QuotaTracker> {
  const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
  await tracker.upsertProvider({ name: 'a', vendor: 'v', limits })
  return tracker
}

/** Moves a row of the ledger, with its day, into the past; its settlement too, unless that came late. */
async function age(database: Database, id: string, days: number, settledDays = days): Promise<void> {
  await readValue(
    database,
    `update usage_attempt set occurred_at = occurred_at - make_interval(days => ${days}), date = date - ${days},
      settled_at = settled_at - make_interval(days => ${settledDays}) where id = '${id}'`,
  )
}

/** Enters settled rows of `a` that are 100 days old. */
async function enterOldRows(database: Database, rows: number): Promise<void> {
  const zeros = (count: number): string => Array(count).fill('0').join(', ')
  await readValue(
    database,
    `insert into usage_attempt (writer, id, kind, provider_name, state, reserved_request_count, reserved_character_count,
        reserved_input_token_count, reserved_output_token_count, reserved_cached_input_token_count,
        reserved_cost_micro_usd, request_count, character_count, input_token_count, output_token_count,
        cached_input_token_count, cost_micro_usd, occurred_at, date, settled_at, request_hash)
      select quotakeeper_least_writer(), gen_random_uuid(), 'call', 'a', 'committed', ${zeros(12)}, now() - interval '100 days',
        current_date - 100, now() - interval '100 days', '' from generate_series(1, ${rows})`,
  )
}

const countAttempts = 'select count(*)::int from usage_attempt'

describe.each(engines())('retention on $name', engine => {
  test('leaves what a limit in total has counted; one that is added starts from the rows that are left', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    const total = { metric: 'requests', window: 'total', max: 10 } as const
    const both = [total, { ...total, id: 'each', per: 'model' }] as const
    await tracker.upsertProvider({ name: 'a', limits: both })
    const ids = [randomUUID(), randomUUID(), randomUUID()]
    for (const id of ids) await tracker.recordUsage('a', { model: 'm', id })
    for (const id of ids.slice(1)) await age(database, id, 91)
    await readValue(database, "update quota_counter set at = at - interval '91 days'")
    expect(await pruneOldRows(database, options)).toMatchObject({ ledgerRows: 2, counters: 0 })
    await tracker.upsertProvider({ name: 'a', limits: [...both, { ...total, id: 'later' }] })
    const { limits: states } = await tracker.getUsageStats('a')
    expect(states.map(({ id, used }) => [id, used])).toEqual([
      ['requests/total', 3],
      ['each', 3],
      ['later', 1],
    ])
  })

  test('removes settled rows of the ledger that are past their days, and no others', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    const [old, young, late, pending] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    for (const id of [old, young, late]) await tracker.recordUsage('a', { characterCount: 1, id })
    await tracker.reserve({ providerName: 'a', characterCount: 1, id: pending })
    await age(database, old, 91)
    await age(database, young, 89)
    await age(database, late, 91, 1)
    await age(database, pending, 91)
    expect(await pruneOldRows(database, options)).toEqual({
      ledgerRows: 1,
      hourlyRows: 0,
      counters: 0,
      coolDowns: 0,
      isFinished: true,
    })
    const left = await readValue(database, "select string_agg(id::text, ' ') from usage_attempt")
    expect(String(left).split(' ').sort()).toEqual([young, late, pending].sort())
  })

  test('removes sums by hour past theirs, and keeps sums by day, alerts and the audit log', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    await tracker.recordUsage('a', { characterCount: 900_000 })
    await readValue(database, 'update usage_hourly set date = date - 402')
    await tracker.recordUsage('a', { characterCount: 1, consumer: 'kept' })
    await readValue(database, 'update ai_provider_usage set date = date - 1000')
    await readValue(database, "update quota_alert set raised_at = raised_at - interval '1000 days'")
    await readValue(database, "update audit_log set at = at - interval '1000 days'")
    const kept = `select (select count(*) from ai_provider_usage) || ' ' || (select count(*) from quota_alert)
      || ' ' || (select count(*) from audit_log)`
    const before = await readValue(database, kept)
    expect(await pruneOldRows(database, options)).toMatchObject({ ledgerRows: 0, hourlyRows: 1 })
    expect(await readValue(database, 'select consumer from usage_hourly')).toBe('kept')
    expect(await readValue(database, kept)).toBe(before)
    expect(before).not.toMatch(/\b0\b/)
  })

  test('does no more than the steps it is given, and goes on at the next turn', async () => {
    await using database = await openMigrated(engine)
    await trackerOver(database)
    await enterOldRows(database, 2_500)
    const short = { ...options, maxSteps: 3 }
    expect(await pruneOldRows(database, short)).toEqual({
      ledgerRows: 2_000,
      hourlyRows: 0,
      counters: 0,
      coolDowns: 0,
      isFinished: false,
    })
    expect(await readValue(database, countAttempts)).toBe(500)
    expect(await pruneOldRows(database, { ...options, isStopped: () => true })).toMatchObject({
      ledgerRows: 0,
    })
    expect(await pruneOldRows(database, options)).toMatchObject({ ledgerRows: 500, isFinished: true })
    expect(await readValue(database, countAttempts)).toBe(0)
  })

  test('removes each row once where several do it at the same time', async () => {
    await using database = await openMigrated(engine)
    await trackerOver(database)
    await enterOldRows(database, 5_000)
    await readValue(
      database,
      `insert into usage_hourly (provider_name, hour_start, date)
      select 'a', now() - make_interval(hours => h), current_date - 500 from generate_series(1, 3000) as h`,
    )
    const turns = await Promise.all([1, 2, 3].map(() => pruneOldRows(database, options)))
    const last = await pruneOldRows(database, options)
    const rows = [...turns, last]
    expect(rows.map(turn => turn.ledgerRows).reduce((sum, count) => sum + count)).toBe(5_000)
    expect(rows.map(turn => turn.hourlyRows).reduce((sum, count) => sum + count)).toBe(3_000)
    expect(await readValue(database, countAttempts)).toBe(0)
  })

  test('lets an id live as long as its row, and no longer', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    const id = randomUUID()
    const record = () => tracker.recordUsage('a', { characterCount: 5, id })
    await record()
    await age(database, id, 80)
    await pruneOldRows(database, options)
    expect(await record()).toMatchObject({ characterCount: 5 })
    await age(database, id, 20)
    await pruneOldRows(database, options)
    expect(await record()).toMatchObject({ characterCount: 10 })
  })

  test('leaves a store in which all that is kept adds up', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    const id = randomUUID()
    await tracker.recordUsage('a', {
      characterCount: 5,
      id,
      occurredAt: new Date(Date.now() - 60 * 86_400_000).toISOString(),
    })
    await tracker.recordUsage('a', { characterCount: 7 })
    await readValue(database, `update usage_attempt set settled_at = occurred_at where id = '${id}'`)
    expect(await pruneOldRows(database, { ...options, ledgerDays: 32 })).toMatchObject({ ledgerRows: 1 })
    const store = new PostgresQuotaStore({ database })
    const wholeFrom = new Date(Date.now() - 31 * 86_400_000).toISOString().slice(0, 10)
    expect(await examineStore(store, null, { wholeFrom })).toEqual([])
    expect(await examineStore(store, null)).toHaveLength(2)
  })

  test('refuses to keep less than a month, or sums for a shorter time than their rows', async () => {
    await using database = await openMigrated(engine)
    const prune = (days: object) => pruneOldRows(database, { ...options, ...days })
    const code = 'INVALID_INPUT'
    for (const ledgerDays of [31, 0, -1, 90.5, Number.NaN, 36_501]) {
      await expect(prune({ ledgerDays })).rejects.toMatchObject({ code, field: 'ledgerDays' })
    }
    await expect(prune({ hourlyDays: 89 })).rejects.toMatchObject({ code, field: 'hourlyDays' })
  })
})

describe.each(engines().filter(({ name }) => name !== 'PGlite'))('retention on $name', engine => {
  test('waits for the lock of the provider, and then spares a row that was settled meanwhile', async () => {
    await using database = await openMigrated(engine)
    await trackerOver(database)
    await enterOldRows(database, 2)
    const pruning = await database.withSession(async session => {
      await valueIn(session, 'begin')
      await valueIn(session, "select 1 from quota_subject where name = 'a' for no key update")
      const begun = pruneOldRows(database, options)
      const waiting = `select count(*)::int from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(() => readValue(database, waiting)).toBe(1)
      await valueIn(
        session,
        'update usage_attempt set settled_at = now() where id = (select min(id::text)::uuid from usage_attempt)',
      )
      await valueIn(session, 'commit')
      return { begun }
    })
    expect(await pruning.begun).toMatchObject({ ledgerRows: 1 })
    expect(await readValue(database, countAttempts)).toBe(1)
  })

  test('charges no call whose row goes in the moment in which it is settled', async () => {
    await using database = await openMigrated(engine)
    await trackerOver(database)
    let isDue = true
    const pruned = withRoundTrips(database, async (statements, run) => {
      const isSettlement = statements[0]?.name.startsWith('writes-if-still-true') === true
      if (isSettlement && isDue && (await pruneOldRows(database, options)).ledgerRows > 0) isDue = false
      return run(statements)
    })
    const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database: pruned }) })
    const reservationId = randomUUID()
    await tracker.reserve({ providerName: 'a', characterCount: 5, id: reservationId })
    await tracker.release(reservationId)
    await age(database, reservationId, 100)
    await expect(tracker.commit({ reservationId, characterCount: 5 })).rejects.toMatchObject({
      code: 'UNKNOWN_RESERVATION',
    })
    expect(isDue).toBe(false)
    expect((await tracker.getUsageStats('a')).characterCount).toBe(0)
    expect(await examineStore(new PostgresQuotaStore({ database }), null)).toEqual([])
  })

  test('drops counters of models whose windows have passed and that hold nothing, never by age alone', async () => {
    await using database = await openMigrated(engine)
    const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    const perModel = { model: '*', per: 'model' } as const
    await tracker.upsertProvider({
      name: 'a',
      vendor: 'v',
      limits: [
        { id: 'day', metric: 'requests', window: 'day', max: 9, ...perModel },
        { id: 'slow', metric: 'requests', window: 'rolling-31d', max: 9, ...perModel },
        { id: 'fast', metric: 'requests', window: 'rolling-60s', max: 9, ...perModel },
      ],
    })
    for (const model of ['old', 'new']) await tracker.recordUsage('a', { model })
    await tracker.reserve({ providerName: 'a', model: 'held', ttlSeconds: 3_600 })
    await readValue(
      database,
      `update quota_counter set at = at - interval '3 days', window_start = window_start - interval '3 days'
        where model in ('old', 'held')`,
    )
    await readValue(database, 'update quota_subject set stamp = (random() * 281474976710655)::bigint')
    expect(await pruneOldRows(database, options)).toMatchObject({ counters: 2 })
    const left = `select string_agg(model || ' ' || limit_id, ', ' order by model, limit_id) from quota_counter where model <> ''`
    expect(await readValue(database, left)).toBe(
      'held day, held fast, held slow, new day, new fast, new slow, old slow',
    )
    expect(await pruneOldRows(database, options)).toMatchObject({ counters: 0 })
    // A process with cached state of the provider sees it.
    await tracker.recordUsage('a', { model: 'old' })
    const { limits } = await tracker.getUsageStats('a')
    expect(limits.find(({ id, model }) => id === 'day' && model === 'old')?.used).toBe(1)
    await using other = await openMigrated(engine)
    expect(await pruneOldRows(other, options)).toMatchObject({ counters: 0, coolDowns: 0 })
  })

  test('goes by the time that a provider has come to: with a clock that is days ahead, nothing is dropped that counts', async () => {
    await using database = await openMigrated(engine)
    const tracker = await trackerOver(database)
    const perModel = { model: '*', per: 'model' } as const
    await tracker.upsertProvider({
      name: 'a',
      limits: [{ id: 'day', metric: 'requests', window: 'day', max: 9, ...perModel }],
    })
    await tracker.recordUsage('a', { model: 'm' })
    // To the provider, the clock is three days ahead.
    await readValue(
      database,
      `update quota_counter set at = at - interval '3 days', window_start = window_start - interval '3 days'`,
    )
    await readValue(database, `update ai_provider set updated_at = updated_at - interval '3 days'`)
    await readValue(
      database,
      `insert into cool_down (subject_kind, subject_name, model, kind, since, until, refusals)
        values ('provider', 'a', '', 'rate_limit', now() - interval '3 days', now() - interval '2 days', 1)`,
    )
    expect(await pruneOldRows(database, options)).toMatchObject({ counters: 0, coolDowns: 0 })
    // Another call, and it has come there itself.
    await readValue(database, 'update quota_subject set stamp = (random() * 281474976710655)::bigint')
    await tracker.recordUsage('a', { model: 'n' })
    expect(await pruneOldRows(database, options)).toMatchObject({ counters: 1, coolDowns: 1 })
  })

  test('drops cool-downs that ended a day ago, but for those that a call has to end', async () => {
    await using database = await openMigrated(engine)
    await trackerOver(database)
    await readValue(
      database,
      `insert into cool_down (subject_kind, subject_name, model, kind, since, until, refusals)
        select 'provider', 'a', model, kind, now() - interval '9 days', now() - age, 1
        from (values ('x', 'unknown_model', interval '25 hours'), ('y', 'unknown_model', interval '23 hours'),
          ('z', 'rate_limit', interval '8 days'), ('', 'billing', interval '8 days')) as c(model, kind, age)`,
    )
    expect(await pruneOldRows(database, options)).toMatchObject({ coolDowns: 2 })
    const left = `select string_agg(model || ' ' || kind, ', ' order by model) from cool_down`
    expect(await readValue(database, left)).toBe(' billing, y unknown_model')
  })
})
