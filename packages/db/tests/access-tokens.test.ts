import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AccessTokens, AuditLog, type Database, type FileToken, type NewToken } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

function tokenOf(name: string, more: Partial<NewToken> = {}): NewToken {
  return {
    name,
    sha256: hashOf(`secret of ${name}`),
    consumer: null,
    scopes: ['call'],
    expiresAtMs: null,
    ...more,
  }
}

const lineOf = (name: string, more: Partial<FileToken> = {}): FileToken => tokenOf(name, more)

const setEnd = (database: Database, name: string, sql: string) =>
  database.withSession(session =>
    session.run([{ name: '', text: `update access_token set ${sql} where name = $1`, values: [name] }]),
  )

describe.each(engines())('tokens on $name', engine => {
  test('are found by the hash of their secret alone, with the database’s time', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    expect((await tokens.find([hashOf('none')])).areInUse).toBe(false)
    const acme = tokenOf('acme ci', {
      consumer: 'acme',
      scopes: ['call', 'read'],
      expiresAtMs: 4_000_000_000_000,
    })
    const made = await tokens.create(acme, 'admin')
    const { bySha256, areInUse, nowMs } = await tokens.find([acme.sha256, hashOf('none')])
    expect([...bySha256.values()]).toEqual([made])
    expect(made).toMatchObject({ ...acme, managedBy: 'api', revokedAtMs: null, lastUsedAtMs: null })
    expect(areInUse).toBe(true)
    expect(Math.abs(nowMs - made.createdAtMs)).toBeLessThan(60_000)
    const { rows } = await new AuditLog(database).page({ subject: null, cursor: null, pageSize: 10 })
    expect(rows).toMatchObject([
      { actor: 'admin', action: 'tokens.create', subject: { kind: 'token', name: 'acme ci' } },
    ])
    expect(JSON.stringify(rows)).not.toContain(acme.sha256)
  })

  test('have a name and a secret of their own, until they have ended', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    await tokens.create(tokenOf('ci'), 'admin')
    const twin = tokenOf('ci', { sha256: hashOf('another') })
    await expect(tokens.create(twin, 'admin')).rejects.toMatchObject({ code: 'NAME_TAKEN', field: 'name' })
    const same = tokenOf('other', { sha256: tokenOf('ci').sha256 })
    await expect(tokens.create(same, 'admin')).rejects.toMatchObject({ code: 'NAME_TAKEN', field: 'sha256' })
    await setEnd(database, 'ci', `expires_at = clock_timestamp() - interval '1 second'`)
    await tokens.create(twin, 'admin')
    await tokens.revoke(
      (await tokens.named('ci')).map(({ id }) => id),
      { atMs: null, actor: 'admin' },
    )
    await tokens.create(tokenOf('ci', { sha256: hashOf('third') }), 'admin')
    expect((await tokens.named('ci')).map(({ sha256 }) => sha256)).toEqual(
      ['third', 'another', 'secret of ci'].map(hashOf),
    )
  })

  test('are made once of concurrent attempts', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const attempts = Array.from({ length: 8 }, (_, index) =>
      tokens.create(tokenOf('ci', { sha256: hashOf(`secret ${index}`) }), 'admin'),
    )
    const results = await Promise.allSettled(attempts)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'NAME_TAKEN' })
  })

  test('of some consumers are no more than their bound, however many are made at once', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const bound = { consumers: ['acme', 'acme/eu'], max: 3, message: 'at most 3 tokens' }
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => {
        const consumer = bound.consumers[index % 2] ?? null
        return new AccessTokens(database).create(tokenOf(`many ${index}`, { consumer }), 'acme', bound)
      }),
    )
    const refused = made.flatMap(each => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused.map(({ message }) => message)).toEqual(Array(5).fill(bound.message))
    await tokens.create(tokenOf('of the operator', { consumer: 'acme' }), 'admin')
    const { rows } = await tokens.page({ cursor: null, pageSize: 100, consumers: bound.consumers })
    expect(rows).toHaveLength(4)
  })

  test('are revoked now or at an instant, which is never put off', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const { id, createdAtMs } = await tokens.create(tokenOf('ci'), 'admin')
    const laterMs = createdAtMs + 3_600_000
    const revoke = (atMs: number | null) => tokens.revoke([id], { atMs, actor: 'admin' })
    expect(await revoke(laterMs)).toMatchObject([{ revokedAtMs: laterMs, revokedBy: 'api' }])
    expect(await revoke(laterMs + 1_000)).toEqual([])
    // While one is about to end, its successor may have its name.
    await tokens.create(tokenOf('ci', { sha256: hashOf('successor') }), 'admin')
    const [now] = await revoke(1_000)
    expect(now?.revokedAtMs).toBeGreaterThanOrEqual(createdAtMs)
    expect(now?.revokedAtMs).toBeLessThan(laterMs)
    // Not "now" again: the machine's clock may have been set back meanwhile.
    expect(await revoke(laterMs)).toEqual([])
  })

  test('are listed page by page, also those of some consumers', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    for (const name of ['b', 'a', 'C', 'd'])
      await tokens.create(tokenOf(name, { consumer: name === 'd' ? 'globex' : 'acme' }), 'admin')
    const namesOf = async (consumers: readonly string[] | null) => {
      const names: string[] = []
      let cursor: string | null = null
      do {
        const page = await tokens.page({ cursor, pageSize: 1, consumers })
        names.push(...page.rows.map(({ name }) => name))
        cursor = page.nextCursor
      } while (cursor !== null)
      return names
    }
    expect(await namesOf(null)).toEqual(['C', 'a', 'b', 'd'])
    expect(await namesOf(['acme', 'nobody'])).toEqual(['C', 'a', 'b'])
    expect(await namesOf([])).toEqual([])
    const wrong = tokens.page({ cursor: 'made up', pageSize: 1, consumers: null })
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('note their use at most once a minute', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const { id, createdAtMs } = await tokens.create(tokenOf('ci'), 'admin')
    const usedAtMs = async () => (await tokens.named('ci'))[0]?.lastUsedAtMs ?? null
    await Promise.all([tokens.noteUse([id]), tokens.noteUse([id])])
    const firstMs = await usedAtMs()
    expect(firstMs).toBeGreaterThanOrEqual(createdAtMs)
    await tokens.noteUse([id])
    expect(await usedAtMs()).toBe(firstMs)
    await setEnd(database, 'ci', `last_used_at = last_used_at - interval '2 minutes'`)
    await tokens.noteUse([id])
    expect(await usedAtMs()).toBeGreaterThanOrEqual(firstMs ?? 0)
  })

  test('are removed 90 days after their end, those in a file never', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    for (const name of ['revoked', 'expired', 'recent', 'valid']) await tokens.create(tokenOf(name), 'admin')
    await tokens.applyFile([lineOf('filed', { expiresAtMs: 0 })])
    await setEnd(
      database,
      'revoked',
      `revoked_at = clock_timestamp() - interval '91 days', revoked_by = 'api'`,
    )
    await setEnd(database, 'expired', `expires_at = clock_timestamp() - interval '91 days'`)
    await setEnd(database, 'recent', `expires_at = clock_timestamp() - interval '89 days'`)
    expect(await tokens.prune()).toBe(2)
    const { rows } = await tokens.page({ cursor: null, pageSize: 10, consumers: null })
    expect(rows.map(({ name }) => name)).toEqual(['filed', 'recent', 'valid'])
  })
})

describe.each(engines())('tokens of a file on $name', engine => {
  async function stateOf(tokens: AccessTokens) {
    const { rows } = await tokens.page({ cursor: null, pageSize: 100, consumers: null })
    return rows.map(({ name, managedBy, revokedBy }) => `${name} ${managedBy} ${revokedBy ?? 'valid'}`)
  }

  test('are made, changed, renamed and ended with their lines, and return with them', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const [a, b] = [lineOf('a'), lineOf('b', { consumer: 'acme' })]
    await tokens.applyFile([a, b])
    expect(await stateOf(tokens)).toEqual(['a file valid', 'b file valid'])
    // Exchanged names.
    await tokens.applyFile([
      { ...a, name: 'b' },
      { ...b, name: 'a', scopes: ['read'] },
    ])
    const found = await tokens.find([a.sha256, b.sha256])
    expect(found.bySha256.get(a.sha256)?.name).toBe('b')
    expect(found.bySha256.get(b.sha256)).toMatchObject({ name: 'a', consumer: 'acme', scopes: ['read'] })
    await tokens.applyFile([b])
    expect((await tokens.find([a.sha256])).bySha256.get(a.sha256)?.revokedBy).toBe('file')
    await tokens.applyFile([a])
    expect(await stateOf(tokens)).toEqual(['a file valid', 'b file file'])
  })

  test('write nothing where nothing has changed, and concurrent replicas agree', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const lines = Array.from({ length: 200 }, (_, index) => lineOf(`key ${index}`))
    await Promise.all([tokens.applyFile(lines), new AccessTokens(database).applyFile(lines)])
    const audit = new AuditLog(database)
    const countOf = async () =>
      (await audit.page({ subject: null, cursor: null, pageSize: 1_000 })).rows.length
    expect(await countOf()).toBe(200)
    await tokens.applyFile(lines)
    expect(await countOf()).toBe(200)
    expect((await tokens.find(lines.map(({ sha256 }) => sha256))).bySha256.size).toBe(200)
  })

  test('stay revoked if that was done over the API, whatever becomes of their line', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    const a = lineOf('a')
    expect(await tokens.applyFile([a])).toEqual([])
    await tokens.revoke(
      (await tokens.named('a')).map(({ id }) => id),
      { atMs: null, actor: 'admin' },
    )
    expect(await tokens.applyFile([{ ...a, scopes: ['admin'] }])).toEqual(['a'])
    await tokens.applyFile([])
    expect(await tokens.applyFile([a])).toEqual(['a'])
    expect(await stateOf(tokens)).toEqual(['a file api'])
  })

  test('take over a token of the same secret, and none of another of the same name', async () => {
    await using database = await openMigrated(engine)
    const tokens = new AccessTokens(database)
    await tokens.create(tokenOf('a'), 'admin')
    await tokens.create(tokenOf('b'), 'admin')
    const other = lineOf('b', { sha256: hashOf('another') })
    await expect(tokens.applyFile([lineOf('a'), other])).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('"b"'),
    })
    expect(await tokens.takenNames([lineOf('a'), other])).toEqual(['b'])
    expect(await stateOf(tokens)).toEqual(['a api valid', 'b api valid'])
    await tokens.applyFile([lineOf('a')])
    expect(await stateOf(tokens)).toEqual(['a file valid', 'b api valid'])
  })
})
