import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, GatewayKeys, type ReportedKey } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

const key = (providerName: string, reported: Partial<ReportedKey> = {}): ReportedKey => ({
  providerName,
  variable: 'A_KEY',
  fingerprint: 'f'.repeat(32),
  reason: null,
  check: null,
  ...reported,
})
const none: ReadonlySet<string> = new Set()

describe.each(engines())('the keys of gateways on $name', engine => {
  let database: Database & AsyncDisposable
  let keys: GatewayKeys

  beforeAll(async () => {
    database = await openMigrated(engine)
    keys = new GatewayKeys(database)
  })
  afterAll(() => database[Symbol.asyncDispose]())

  const run = (text: string) => database.withSession(session => session.run([{ name: '', text, values: [] }]))

  test('the salt is made once, by the first process that asks, and stays', async () => {
    const salts = await Promise.all(Array.from({ length: 8 }, () => new GatewayKeys(database).salt()))
    expect(new Set(salts).size).toBe(1)
    expect(salts[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(await keys.salt()).toBe(salts[0])
  })

  test('a report replaces the one before of the same gateway, and of no other', async () => {
    const check = { result: 'refused', httpStatus: 401, checkedAt: '2026-11-28T12:00:00.000Z' }
    await keys.report('one', [key('a', { check }), key('b')], none)
    await keys.report('two', [key('a', { fingerprint: null, reason: 'A_KEY is not set' })], none)
    await keys.report('one', [key('a', { check })], none)
    expect(await keys.list(null, 60_000)).toMatchObject([
      { gateway: 'one', providerName: 'a', variable: 'A_KEY', reason: null, check },
      { gateway: 'two', providerName: 'a', fingerprint: null, reason: 'A_KEY is not set', check: null },
    ])
    expect(await keys.list(['b'], null)).toEqual([])
    expect((await keys.of('two')).map(({ gateway }) => gateway)).toEqual(['two'])
    await keys.report('two', [], none)
    expect(await keys.of('two')).toEqual([])
  })

  test('when a key ended the refusal of another is kept until it does so again', async () => {
    await keys.report('retrier', [key('c')], none)
    expect(await keys.of('retrier')).toMatchObject([{ retriedAt: null }])
    await keys.report('retrier', [key('c')], new Set(['c']))
    const [first] = await keys.of('retrier')
    expect(first?.retriedAt).not.toBeNull()
    await keys.report('retrier', [key('c')], none)
    expect(await keys.of('retrier')).toMatchObject([{ retriedAt: first?.retriedAt }])
  })

  test('old reports are not shown as new, and gateways that are gone are deleted', async () => {
    await keys.report('old', [key('d')], none)
    await run(
      "update gateway_key set reported_at = clock_timestamp() - interval '5 minutes' where gateway = 'old'",
    )
    expect(await keys.list(['d'], 180_000)).toEqual([])
    expect(await keys.list(['d'], null)).toHaveLength(1)
    await run(
      "update gateway_key set reported_at = clock_timestamp() - interval '25 hours' where gateway = 'old'",
    )
    await keys.report('other', [], none)
    expect(await keys.list(['d'], null)).toEqual([])
  })

  test('no more than a hundred gateways are stored', async () => {
    for (let number = 0; number < 105; number++) await keys.report(`many-${number}`, [key('e')], none)
    expect(await keys.list(['e'], null)).toHaveLength(100)
    expect(await keys.of('many-104')).toHaveLength(1)
  })
})
