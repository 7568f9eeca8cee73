import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { AuditLog, type NewSealedKey, openDatabase, SealedKeys } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { createMigratedDatabase } from './migrated-databases.js'

const keyOf = (providerName: string, more: Partial<NewSealedKey> = {}): NewSealedKey => ({
  providerName,
  ...{ ciphertext: `sealed ${providerName}`, fingerprint: 'f'.repeat(32), keyPairId: 'a'.repeat(16) },
  ...{ vendor: 'groq', baseUrl: null },
  ...more,
})
const by = (actor: string) => ({ actor, onlyIfAbsent: false })

describe.each(engines())('sealed keys on $name', engine => {
  test('are replaced and removed, each with another revision and a line of the audit log', async () => {
    await using database = await openMigrated(engine)
    const keys = new SealedKeys(database)
    const revisions = [await keys.revision()]
    const note = async () => void revisions.push(await keys.revision())
    await keys.put(keyOf('b'), by('admin'))
    await note()
    await keys.put(keyOf('a', { baseUrl: 'https://a.example/v1' }), by('admin'))
    await note()
    await keys.put(keyOf('b', { ciphertext: 'other', fingerprint: 'e'.repeat(32) }), by('someone'))
    await note()
    expect(await keys.list()).toMatchObject([
      { providerName: 'a', baseUrl: 'https://a.example/v1', enteredBy: 'admin' },
      { providerName: 'b', baseUrl: null, fingerprint: 'e'.repeat(32), enteredBy: 'someone' },
    ])
    expect(JSON.stringify(await keys.list())).not.toContain('other')
    const read = await keys.ciphertexts()
    expect(read.find(({ providerName }) => providerName === 'b')).toEqual({
      ...{ providerName: 'b', ciphertext: 'other', keyPairId: 'a'.repeat(16) },
      ...{ vendor: 'groq', baseUrl: null },
    })
    expect(await keys.remove('b', 'admin')).toBe(true)
    await note()
    expect(await keys.remove('b', 'admin')).toBe(false)
    await keys.put(keyOf('b'), by('admin'))
    await note()
    expect(new Set(revisions).size).toBe(revisions.length)
    const { rows } = await new AuditLog(database).page({ subject: null, cursor: null, pageSize: 10 })
    expect(rows.map(({ action }) => action)).toEqual([
      ...['keys.enter', 'keys.remove', 'keys.enter', 'keys.enter', 'keys.enter'],
    ])
    expect(JSON.stringify(rows)).not.toContain('sealed b')
  })

  test('of several that are entered at once as the first, one is stored', async () => {
    await using database = await openMigrated(engine)
    const keys = new SealedKeys(database)
    const first = { actor: 'admin', onlyIfAbsent: true }
    const results = await Promise.all(
      ['one', 'two', 'three'].map(ciphertext =>
        keys.put(keyOf('a', { ciphertext }), first).then(
          () => ciphertext,
          (error: unknown) => error,
        ),
      ),
    )
    const stored = results.filter(result => typeof result === 'string')
    expect(stored).toHaveLength(1)
    const refused = results.filter(result => typeof result !== 'string')
    expect(refused).toMatchObject([1, 2].map(() => ({ code: 'REVISION_CHANGED' })))
    expect((await keys.ciphertexts()).map(({ ciphertext }) => ciphertext)).toEqual(stored)
    // Whoever knows of it replaces it.
    await keys.put(keyOf('a', { ciphertext: 'other' }), by('admin'))
    expect((await keys.ciphertexts()).map(({ ciphertext }) => ciphertext)).toEqual(['other'])
  })

  test('offers of gateways replace the earlier ones, the newest first, and are forgotten', async () => {
    await using database = await openMigrated(engine)
    const keys = new SealedKeys(database)
    const publicKeys = [{ id: 'a'.repeat(16), publicKey: 'p' }]
    await keys.offer({ gateway: 'one', publicKeys: [] })
    await keys.offer({ gateway: 'two', publicKeys })
    await keys.offer({ gateway: 'one', publicKeys })
    expect(new Map((await keys.offers(60_000)).map(offer => [offer.gateway, offer.publicKeys]))).toEqual(
      new Map([
        ['one', publicKeys],
        ['two', publicKeys],
      ]),
    )
    const age = (sql: string) =>
      database.withSession(session => session.run([{ name: '', text: sql, values: [] }]))
    await age(`update sealing_offer set offered_at = offered_at - interval '2 minutes' where gateway = 'two'`)
    expect((await keys.offers(60_000)).map(({ gateway }) => gateway)).toEqual(['one'])
    await age(`update sealing_offer set offered_at = offered_at - interval '2 days' where gateway = 'two'`)
    await keys.offer({ gateway: 'one', publicKeys })
    expect((await keys.offers(1e12)).map(({ gateway }) => gateway)).toEqual(['one'])
  })
})

/** A session that has locked rows of a table, like one that is writing them, beside a database to work on. */
async function besideLock(locking: string) {
  const created = await createMigratedDatabase()
  const database = await openDatabase(created.url)
  const holder = new Client({ connectionString: created.url })
  await holder.connect()
  return {
    keys: new SealedKeys(database),
    execute: created.execute,
    lock: async () => void (await holder.query(`begin; ${locking}`)),
    countWaiting: async () => {
      const { rows } = await holder.query(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      return rows[0]?.n
    },
    release: async () => void (await holder.query('commit')),
    [Symbol.asyncDispose]: async () => {
      await holder.end()
      await database.close()
      await created.drop()
    },
  }
}

test('keys that are replaced at once have another revision after each commit, in whatever order', async () => {
  await using world = await besideLock("select from sealed_key where provider_name = 'a' for update")
  const { keys } = world
  for (const name of ['a', 'b']) await keys.put(keyOf(name), by('admin'))
  await world.lock()
  const late = keys.put(keyOf('a', { ciphertext: 'late' }), by('admin'))
  await expect.poll(world.countWaiting).toBe(1)
  await keys.put(keyOf('b'), by('admin'))
  const before = await keys.revision()
  await world.release()
  await late
  expect(await keys.revision()).not.toBe(before)
})

test('an offer does not wait for a gateway that renews its own after a day', async () => {
  await using world = await besideLock(
    `update sealing_offer set offered_at = clock_timestamp() where gateway = 'two'`,
  )
  const { keys } = world
  for (const gateway of ['one', 'two']) await keys.offer({ gateway, publicKeys: [] })
  await world.execute("update sealing_offer set offered_at = offered_at - interval '2 days'")
  await world.lock()
  await keys.offer({ gateway: 'one', publicKeys: [] })
  await world.release()
})
