import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { fillLists } from './fill-lists.js'

describe.each(engines())('the last hours on $name', engine => {
  test('of all providers are those of each, and older ones are left out', async () => {
    await using database = await openMigrated(engine)
    await fillLists(database)
    await database.drizzle.execute(sql`delete from usage_hourly`)
    await database.drizzle.execute(sql`insert into usage_hourly (provider_name, hour_start, date, model, consumer,
        request_count, character_count, input_token_count, output_token_count, cached_input_token_count, cost_micro_usd)
      select name, date_trunc('hour', now()) - h * interval '1 hour', '2026-11-25', 'm', consumer, 3, 0, 0, 0, 0,
        case when name = 'a' then 9007199254740991 else 0 end
      from ai_provider, generate_series(0, 5) as h, unnest('{x,y}'::text[]) as consumer where name <> 'c'`)
    const store = new PostgresQuotaStore({ database })
    const all = await store.read({ type: 'recentHours', providerNames: null })
    expect(all.length).toBe(4)
    expect(all.map(hour => hour.counts.requestCount)).toEqual([6, 6, 6, 6])
    expect(new Set(all.map(hour => hour.counts.costMicroUsd))).toEqual(new Set([2 ** 51, 0]))
    for (const name of ['a', 'b', 'c']) {
      const some = await store.read({ type: 'recentHours', providerNames: [name] })
      expect(new Set(some)).toEqual(new Set(all.filter(hour => hour.providerName === name)))
    }
  })
})
