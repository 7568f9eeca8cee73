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

  test('of a consumer are its own and those of its descendants, few or many', async () => {
    await using database = await openMigrated(engine)
    await fillLists(database)
    await database.drizzle.execute(sql`delete from usage_hourly`)
    const enter = (children: number) => sql`insert into quota_subject (kind, name, owner)
      select 'consumer', 'child ' || n, '{"parent": {"kind": "consumer", "name": "root"}}'
      from generate_series(1, ${children}::int) as n on conflict do nothing`
    await database.drizzle.execute(
      sql`insert into quota_subject (kind, name, owner) values ('consumer', 'root', '{}')`,
    )
    await database.drizzle.execute(sql`insert into usage_hourly (provider_name, hour_start, date, model, consumer, request_count)
      select provider, date_trunc('hour', now()) - h * interval '1 hour', '2026-11-25', model, consumer, 1
      from unnest('{a,b}'::text[]) as provider, unnest('{m,n}'::text[]) as model, generate_series(0, 5) as h,
        unnest('{root,child 1,child 2,child 999,other,""}'::text[]) as consumer`)
    const store = new PostgresQuotaStore({ database })
    const seen = async (consumer: string) => {
      const hours = await store.read({ type: 'recentHoursUnder', consumer })
      const rows = hours.map(({ providerName, model, counts }) => [providerName, model, counts.requestCount])
      return rows.toSorted().map(String)
    }
    const eachOf = (requests: number) => [
      `,m,${requests}`,
      `,m,${requests}`,
      `,n,${requests}`,
      `,n,${requests}`,
    ]
    await database.drizzle.execute(enter(2))
    expect(await seen('root')).toEqual(eachOf(6))
    expect(await seen('child 1')).toEqual(eachOf(2))
    expect(await seen('a label')).toEqual([])
    await database.drizzle.execute(enter(998))
    expect(await seen('root')).toEqual(eachOf(6))
    await database.drizzle.execute(enter(999))
    expect(await seen('root')).toEqual(eachOf(8))
  })
})
