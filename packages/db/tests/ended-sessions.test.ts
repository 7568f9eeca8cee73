import { describe, expect, test } from 'vitest'
import { EndedSessionRows } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

describe.each(engines())('sessions that were left, on $name', engine => {
  test('are read by every process, once each, and deleted a day after their end', async () => {
    await using database = await openMigrated(engine)
    const endsAtSeconds = nowSeconds() + 1_000
    const over = { id: 'over', endsAtSeconds: nowSeconds() - 2 * 86_400 }
    await new EndedSessionRows(database).end(over)
    await Promise.all(['a', 'b', 'a'].map(id => new EndedSessionRows(database).end({ id, endsAtSeconds })))
    const { sessions, startedBeforeSeconds } = await new EndedSessionRows(database).read()
    expect(sessions.toSorted((left, right) => (left.id < right.id ? -1 : 1))).toEqual([
      { id: 'a', endsAtSeconds },
      { id: 'b', endsAtSeconds },
    ])
    expect(startedBeforeSeconds).toBe(0)
  })

  test('more than are kept end all that began before', async () => {
    await using database = await openMigrated(engine)
    const endsAtSeconds = nowSeconds() + 1_000
    await database.withSession(session =>
      session.run([
        {
          name: '',
          text: `insert into ended_session (id, ends_at)
            select n::text, to_timestamp($1::float8) from generate_series(1, 10000) as n`,
          values: [endsAtSeconds],
        },
      ]),
    )
    const rows = new EndedSessionRows(database)
    expect((await rows.read()).sessions).toHaveLength(10_000)
    await rows.end({ id: 'one more', endsAtSeconds })
    const { sessions, startedBeforeSeconds } = await rows.read()
    expect(sessions).toEqual([])
    expect(Math.abs(startedBeforeSeconds - nowSeconds())).toBeLessThan(60)
    await rows.end({ id: 'later', endsAtSeconds })
    expect(await rows.read()).toEqual({ sessions: [{ id: 'later', endsAtSeconds }], startedBeforeSeconds })
  })
})
