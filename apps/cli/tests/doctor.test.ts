import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createApiDatabase,
  createTestDatabase,
  freePort,
  isThorough,
  shiftedClock,
  startInstance,
  startVendorStandIn,
} from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { startFixture, startProcessFixture } from './cli-process.js'

test('a healthy installation has no findings; each fault is reported with its remedy', async () => {
  await using fixture = await startFixture({ QUOTA_LOG_LEVEL: 'fatal' })
  await fixture.run(['usage', 'record', 'groq_1', '--characters', '500'])
  const port = await freePort()
  const gatewayUrl = `http://127.0.0.1:${port}`
  const doctor = () => fixture.run(['doctor', '--gateway-url', gatewayUrl])

  const without = await doctor()
  expect(without.code).toBe(1)
  expect(without.out).toMatch(/^✗ keys: not known\n {2}→ the gateway does not answer at /m)
  expect(without.out).toMatch(/^✓ database: PostgreSQL 18\S*, with the tables of this release$/m)
  expect(without.out).toMatch(/^✓ counters: those of 5 providers agree with the ledger$/m)
  expect(without.out).toMatch(/^✓ clock of the database: [+-]\d+ ms from this machine’s clock$/m)

  await using _gateway = await startInstance('orchestrator', {
    environment: {
      QUOTA_API_URL: fixture.origin,
      QUOTA_GATEWAY_PORT: String(port),
      QUOTA_LOG_LEVEL: 'fatal',
    },
  })
  const missing = await doctor()
  expect(missing.out).toMatch(/^✗ keys: groq_1 missing, .*\n {2}→ .*GROQ_API_KEY/m)

  await using filed = await startProcessFixture(
    { QUOTA_LOG_LEVEL: 'fatal', QUOTA_CONFIG: 'own.yaml' },
    {
      'own.yaml': 'providers: []\n',
    },
  )
  const sound = await filed.run(['doctor', '--gateway-url', gatewayUrl, '--json'])
  expect(JSON.parse(sound.out).findings).toContainEqual({
    about: 'configuration',
    found: 'own.yaml',
    remedy: null,
  })
  await writeFile(join(filed.folder, 'own.yaml'), 'providers: [{ name: a }]\n')
  const wrong = await filed.run(['doctor', '--gateway-url', gatewayUrl])
  expect(wrong.out).toMatch(/^✗ configuration: own.yaml:1:\d+: .*\n {2}→ fix it: the API will not start/m)
})

test('keys that no vendor has answered for are not called accepted', async () => {
  await using vendor = await startVendorStandIn()
  const places = [vendor.baseUrl, `http://127.0.0.1:${await freePort()}/v1`]
  const providers = places.map((baseUrl, index) => ({
    ...{ name: `own_${index + 1}`, vendor: 'custom', baseUrl },
    apiKeyEnv: 'OWN_KEY',
  }))
  await using fixture = await startProcessFixture(
    { QUOTA_LOG_LEVEL: 'fatal', QUOTA_CONFIG: 'own.yaml' },
    { 'own.yaml': JSON.stringify({ providers }) },
  )
  await using gateway = await startInstance('orchestrator', {
    environment: { QUOTA_API_URL: fixture.origin, OWN_KEY: 'a-key' },
  })
  const { out } = await fixture.run(['doctor', '--gateway-url', gateway.origin])
  expect(out).toMatch(/^✓ keys: 1 accepted, 1 not checked \(own_2: vendor unreachable\)$/m)
})

test('without an API, doctor checks configuration and database itself', async () => {
  const database = await createApiDatabase()
  const env = { QUOTA_DATABASE_URL: database.url, QUOTA_LOG_LEVEL: 'fatal' }
  await using fixture = await startFixture(env)
  await fixture.run(['usage', 'record', 'groq_1', '--characters', '500'])
  await fixture.stop()

  const gone = await fixture.run(['doctor'], env)
  expect(gone.code).toBe(1)
  expect(gone.out).toMatch(/^✗ API: it does not answer\n {2}→ the API does not answer at .*: start it by/m)
  expect(gone.out).toMatch(/^✓ configuration: none; sample providers are used$/m)
  expect(gone.out).toMatch(/^✓ database: PostgreSQL 1\d\.\d+, with the tables of this release$/m)
  expect(gone.out).toMatch(/^✓ counters: those of 5 providers agree with the ledger$/m)

  await writeFile(join(fixture.folder, 'quotakeeper.config.yaml'), 'providers: [{ name: a }]\n')
  const wrong = await fixture.run(['doctor', '--json'], {
    QUOTA_DATABASE_URL: 'postgres://a:hidden@127.0.0.1:9/x',
  })
  const { isWell, findings } = JSON.parse(wrong.out)
  expect(isWell).toBe(false)
  expect(findings).toContainEqual({
    about: 'configuration',
    found: expect.stringMatching(/^quotakeeper\.config\.yaml:1:/),
    remedy: 'fix it: the API will not start with it',
  })
  expect(findings).toContainEqual({
    about: 'database',
    found: 'the database at 127.0.0.1:9 cannot be reached: nothing listens there (ECONNREFUSED)',
    remedy: 'start PostgreSQL, or correct host and port in QUOTA_DATABASE_URL',
  })
  expect(wrong.out + wrong.err).not.toContain('hidden')
  await database.drop()
})

test('wrong sums, and tables of another release, are reported with their remedy', async () => {
  const database = await createApiDatabase()
  const env = { QUOTA_DATABASE_URL: database.url, QUOTA_LOG_LEVEL: 'fatal' }
  await using fixture = await startFixture(env)
  await fixture.run(['usage', 'record', 'groq_1', '--characters', '500'])
  const spoil = async (statement: string): Promise<string> => {
    await database.execute(statement)
    return (await fixture.run(['doctor'])).out
  }
  expect(
    await spoil(`update ai_provider_usage set character_count = 501 where provider_name = 'groq_1'`),
  ).toMatch(
    /^✗ counters: .*groq_1.*: 501, but the ledger’s sum is 500\n {2}→ calls in flight can cause this/m,
  )
  expect(await spoil(`insert into quotakeeper_migration (hash) values ('of tomorrow')`)).toMatch(
    /^✗ database: .*, with tables of a newer release \(1 migrations more\)\n {2}→ upgrade/m,
  )
  const older = await spoil(
    `delete from quotakeeper_migration where hash = 'of tomorrow' or ctid = (select min(ctid) from quotakeeper_migration)`,
  )
  expect(older).toMatch(
    /^✗ database: .*, with tables of an older release \(1 migrations behind\)\n {2}→ restart/m,
  )
  expect(older).not.toContain('counters:')
  await fixture.stop()
  await database.drop()
})

const inUse =
  /^✗ database: the folder data is in use by another process: .*\n {2}→ use --api-url for an API that runs elsewhere/m

// PGlite takes four times as long as PostgreSQL for the same.
test.runIf(isThorough)('the PGlite of a folder is checked once its API has ended', async () => {
  const env = { QUOTA_DATABASE_URL: 'pglite:data', QUOTA_LOG_LEVEL: 'fatal' }
  await using fixture = await startProcessFixture(env)
  const elsewhere = ['doctor', '--api-url', 'http://127.0.0.1:9']
  expect((await fixture.run(elsewhere, env)).out).toMatch(inUse)
  await fixture.stop()
  const alone = await fixture.run(elsewhere, env)
  expect(alone.out).toMatch(/^✓ counters: those of 5 providers agree/m)
  expect(alone.err).toBe('')
})

test('the PostgreSQL of an embedded folder is checked with and without its running API', async () => {
  const env = { QUOTA_DATABASE_URL: 'embedded:data', QUOTA_LOG_LEVEL: 'fatal' }
  await using fixture = await startProcessFixture(env)
  const elsewhere = ['doctor', '--api-url', 'http://127.0.0.1:9']
  const isWell =
    /^✓ database: PostgreSQL 18.*with the tables of this release[\s\S]*^✓ counters: those of 5 providers agree/m
  expect((await fixture.run(elsewhere, env)).out).toMatch(isWell)
  // PGlite cannot share its folder.
  expect((await fixture.run(elsewhere, { QUOTA_DATABASE_URL: 'pglite:data' })).out).toMatch(inUse)
  // A missing folder is not created.
  for (const engine of ['embedded', 'pglite', 'embedded'])
    expect((await fixture.run(elsewhere, { QUOTA_DATABASE_URL: `${engine}:other` })).out).toMatch(
      /^✓ database: no database in other yet/m,
    )
  await fixture.stop()
  const alone = await fixture.run(elsewhere, env)
  expect(alone.out).toMatch(isWell)
  expect(alone.err).toBe('')
})

test('an API without its database reports that, and all other findings', async () => {
  const database = await createApiDatabase()
  await using fixture = await startFixture({ QUOTA_DATABASE_URL: database.url, QUOTA_LOG_LEVEL: 'fatal' })
  await database.drop()
  const { code, out } = await fixture.run(['doctor'])
  expect(code).toBe(1)
  expect(out).toMatch(/^✓ API: version/m)
  expect(out).toMatch(/^✗ database: it does not answer \(.*\)\n {2}→ start it/m)
  expect(out).toMatch(/^✗ keys: not known/m)
})

test('doctor reports that the database clock was ahead, and repairs it with or without the API', async () => {
  await using database = await createTestDatabase()
  for (const statement of shiftedClock.setUp) await database.execute(statement)
  const name = new URL(database.url).pathname.slice(1)
  await database.execute(`alter database "${name}" set search_path = ${shiftedClock.searchPath}`)
  const env = {
    QUOTA_DATABASE_URL: database.url,
    QUOTA_LOG_LEVEL: 'fatal',
    QUOTA_ADMIN_TOKEN: 'of-the-admin',
  }
  const admin = { QUOTA_ADMIN_TOKEN: 'of-the-admin' }
  await using fixture = await startFixture(env)
  const stray = async () => {
    await database.execute(shiftedClock.move(3_600_000))
    expect((await fixture.run(['usage', 'record', 'groq_1', '--characters', '500'], admin)).code).toBe(0)
    await database.execute(shiftedClock.move(-3_600_000))
  }
  const isAhead = /^✗ clock of the records: the last record of provider "groq_1" is (?:59|60) minutes ahead/m
  await stray()

  const found = await fixture.run(['doctor'], admin)
  expect(found.code).toBe(1)
  expect(found.out).toMatch(isAhead)
  expect(found.out).toMatch(/^ {2}→ .*"quotakeeper doctor --fix"/m)
  expect((await fixture.run(['doctor', '--fix'], admin)).code).toBe(2)
  expect((await fixture.run(['doctor', '--fix', '--yes'])).code).toBe(1)
  expect((await fixture.run(['doctor'], admin)).out).toMatch(isAhead)

  const fixed = await fixture.run(['doctor', '--fix', '--yes'], admin)
  expect(fixed.out).toMatch(/^✓ clock of the records: moved back to the database's clock: provider "groq_1"/m)
  const sound = await fixture.run(['doctor', '--fix', '--yes'], admin)
  expect(sound.out).not.toContain('clock of the records')
  expect(sound.out).toMatch(/^✓ counters: those of 5 providers agree with the ledger$/m)
  expect(sound.err).toContain('Nothing to repair.')

  // Without an API: in the database itself.
  await stray()
  await fixture.stop()
  const alone = await fixture.run(['doctor', '--fix', '--yes', '--json'], env)
  const { findings, fixed: repaired } = JSON.parse(alone.out)
  expect(findings).toContainEqual(expect.objectContaining({ about: 'clock of the records', fix: 'clock' }))
  expect(repaired).toEqual([
    expect.objectContaining({ found: `moved back to the database's clock: provider "groq_1"`, remedy: null }),
  ])
  const after = await fixture.run(['doctor'], env)
  expect(after.out).not.toContain('clock of the records')
  expect(after.out).toMatch(/^✓ counters: those of 5 providers agree with the ledger$/m)
})
