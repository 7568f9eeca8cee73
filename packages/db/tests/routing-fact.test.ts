import { describe, expect, test } from 'vitest'
import { AuditLog, RoutingFact } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

const by = { actor: 'admin', details: { strategy: 'priority' } }

describe.each(engines())('settings of routing on $name', engine => {
  test('are replaced if nobody has changed them since, with a line of the audit log each', async () => {
    await using database = await openMigrated(engine)
    const fact = new RoutingFact(database)
    expect(await fact.read()).toBe(null)
    expect(await fact.replace('never', 'one', by)).toBe(false)
    const first = await Promise.all(['one', 'two', 'three'].map(text => fact.replace(null, text, by)))
    expect(first.filter(Boolean)).toHaveLength(1)
    const stored = await fact.read()
    const second = await Promise.all(['four', 'five', 'six'].map(text => fact.replace(stored, text, by)))
    expect(second.filter(Boolean)).toHaveLength(1)
    expect(['four', 'five', 'six'][second.indexOf(true)]).toBe(await fact.read())
    expect(await fact.replace(null, 'seven', by)).toBe(false)
    const { rows } = await new AuditLog(database).page({
      subject: { kind: 'routing', name: 'routing' },
      cursor: null,
      pageSize: 10,
    })
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({ actor: 'admin', action: 'routing.update', details: by.details })
  })
})
