import { expect, test } from 'vitest'
import { migrate, openDatabase, PostgresQuotaStore } from '../src/index.js'

test('a sum on PGlite that goes over too many rows is refused with what to narrow; a narrower one is answered', async () => {
  const database = await openDatabase('pglite:memory')
  try {
    await migrate(database)
    const text = `insert into usage_hourly (provider_name, hour_start, date, model, consumer, request_count)
      select 'p' || n % 2, '2026-01-01T00:00Z'::timestamptz + n / 1000 * interval '1 hour',
        ('2026-01-01T00:00Z'::timestamptz + n / 1000 * interval '1 hour')::date, 'm' || n % 1000, '', 1
      from generate_series(0, 100000) as n`
    await database.withSession(session => session.run([{ name: '', text, values: [] }]))
    const store = new PostgresQuotaStore({ database })
    const sum = (providerName: string | null, to = '2026-12-31') =>
      store.read({
        ...{ type: 'summary', providerName, from: '2026-01-01', to },
        ...{ groupBy: [], cursor: null, pageSize: 10 },
      })
    await expect(sum(null)).rejects.toMatchObject({
      code: 'READ_REFUSED',
      message: expect.stringMatching(/more than 100000 rows.*fewer days or one provider/),
    })
    expect((await sum('p0')).rows).toMatchObject([{ requestCount: 50_001 }])
    expect((await sum(null, '2026-01-01')).rows).toMatchObject([{ requestCount: 24_000 }])
    await store.close()
  } finally {
    await database.close()
  }
})
