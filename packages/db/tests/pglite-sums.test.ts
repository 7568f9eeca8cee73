import type { LedgerRowsQuery } from '@quotakeeper/quota-core'
import { isThorough } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { ledgerPage } from '../src/reads/ledger-page.js'
import { summaryPage } from '../src/reads/summary-page.js'
import { openMigratedPglite } from './migrated-databases.js'

test('a sum on PGlite that goes over too many rows is refused with what to narrow; a narrower one is answered', async () => {
  const database = await openMigratedPglite()
  // 100,000, the product's own bound, take two seconds of a core to write.
  const bound = isThorough ? undefined : 1_000
  const max = bound ?? 100_000
  const perHour = max / 100
  try {
    const text = `insert into usage_hourly (provider_name, hour_start, date, model, consumer, request_count)
      select 'p' || n % 2, '2026-01-01T00:00Z'::timestamptz + n / ${perHour} * interval '1 hour',
        ('2026-01-01T00:00Z'::timestamptz + n / ${perHour} * interval '1 hour')::date, 'm' || n % ${perHour}, '', 1
      from generate_series(0, ${max}) as n`
    await database.withSession(session => session.run([{ name: '', text, values: [] }]))
    const sum = (providerName: string | null, to = '2026-12-31') =>
      summaryPage(
        database,
        {
          ...{ type: 'summary', providerName, from: '2026-01-01', to },
          ...{ groupBy: [], cursor: null, pageSize: 10 },
        },
        bound === undefined ? {} : { maxRowsOfSum: bound },
      )
    await expect(sum(null)).rejects.toMatchObject({
      code: 'READ_REFUSED',
      message: expect.stringMatching(new RegExp(`more than ${max} rows.*fewer days or one provider`)),
    })
    expect((await sum('p0')).rows).toMatchObject([{ requestCount: max / 2 + 1 }])
    expect((await sum(null, '2026-01-01')).rows).toMatchObject([{ requestCount: 24 * perHour }])
  } finally {
    await database.close()
  }
})

test('a list of the ledger on PGlite whose filter matches too few of too many rows is refused with what to narrow', async () => {
  const database = await openMigratedPglite()
  try {
    const insert = (text: string) => ({ name: '', text, values: [] })
    const counts = ['request', 'character', 'input_token', 'output_token', 'cached_input_token']
    const columns = [...counts.map(count => `${count}_count`), 'cost_micro_usd']
    const names = columns.flatMap(column => [column, `reserved_${column}`])
    await database.withSession(session =>
      session.run([
        insert(`insert into ai_provider (name, vendor, models, priority, on_expiry, enabled, managed_by, metadata,
            created_at, updated_at)
          select 'p' || n, 'v', '{}', 0, 'charge', true, 'api', '{}', now(), now() from generate_series(0, 1) as n`),
        insert(`insert into usage_attempt (id, kind, state, provider_name, model, consumer, occurred_at, date, request_hash, writer,
            ${names.join(', ')})
          select gen_random_uuid(), 'record', 'committed', 'p' || n % 2, case when n < 10 then 'old' else 'm' end,
            case when n < 10 then 'acme' else '' end,
            '2026-01-01T00:00Z'::timestamptz + n * interval '1 second', '2026-01-01', '', quotakeeper_least_writer(),
            ${names.map(() => 0).join(', ')}
          from generate_series(0, 1100) as n`),
      ]),
    )
    const list = (providerName: string | null, filters: Partial<LedgerRowsQuery>) => {
      const page = { requestId: null, cursor: null, pageSize: 5 } as const
      const query = { type: 'ledger', providerName, ...filters, ...page } as const
      return ledgerPage(database, query, { maxRowsOfScan: 1_000 })
    }
    const tooLong = {
      code: 'READ_REFUSED',
      message: expect.stringMatching(/more than 1000 rows.*fewer days or one provider/),
    }
    await expect(list(null, { model: 'old' })).rejects.toMatchObject(tooLong)
    await expect(list(null, { consumer: 'acme', model: 'm' })).rejects.toMatchObject(tooLong)
    expect((await list('p0', { model: 'old' })).rows).toHaveLength(5)
    expect((await list(null, { model: 'm' })).rows).toHaveLength(5)
    // An index leads to these.
    expect((await list(null, { consumer: 'acme' })).rows).toHaveLength(5)
    expect((await list(null, { consumers: ['beta'] })).rows).toEqual([])
    expect((await list(null, { under: 'beta' })).rows).toEqual([])
  } finally {
    await database.close()
  }
})
