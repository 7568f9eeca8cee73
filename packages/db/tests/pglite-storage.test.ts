import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../src/index.js'
import { bundledDb, compilesOnce } from './bundled-db.js'
import { makePgliteFolder } from './migrated-databases.js'
import { readValue } from './read-value.js'

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'qk-test-'))
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

test('its log is bounded, however much is written', async () => {
  const folder = join(scratch, 'logged')
  await makePgliteFolder(folder, 'empty')
  const database = await openDatabase(`pglite:${folder}`)
  await readValue(database, 'create table t (n int)')
  // New files of the log need not be filled with zeros here: that changes none of their number.
  await readValue(database, 'set wal_init_zero to off')
  const logFiles = async (): Promise<number> =>
    (await readdir(join(folder, 'pgdata', 'pg_wal'))).filter(name => /^[0-9A-F]{24}$/.test(name)).length
  let most = 0
  // Each fourth leaves the rest of a file of 16 MB empty: 512 MB in all.
  for (let step = 0; step < 128; step++) {
    await readValue(database, `insert into t values (${step})`)
    if (step % 4 === 0) await readValue(database, 'select pg_switch_wal()')
    most = Math.max(most, await logFiles())
  }
  // 64 MB between two checkpoints and 112 MB between two looks, in files of 16 MB, twice.
  expect(most).toBeLessThanOrEqual(24)
  await database.close()
})

test.runIf(process.getuid?.() === 0)(
  'a full disk makes it unavailable, blames no input, and is got over without a restart',
  async () => {
    const code = `
    import { openDatabase, PostgresQuotaStore } from '${await bundledDb()}'
    import { QuotaTracker } from '@quotakeeper/quota-core'
    import { randomBytes } from 'node:crypto'
    import { statfsSync, writeFileSync, rmSync } from 'node:fs'
    const database = await openDatabase('pglite:' + process.env.FOLDER + '/data')
    const store = new PostgresQuotaStore({ database })
    const tracker = new QuotaTracker({ store })
    await tracker.upsertProvider({ name: 'groq_1', vendor: 'groq', limits: [] })
    const record = id => tracker.recordUsage('groq_1', { characterCount: 1, id, metadata: { text: randomBytes(7_500).toString('hex') } })
    const idOf = index => '00000000-0000-4000-8000-' + String(index).padStart(12, '0')
    const { bavail, bsize } = statfsSync(process.env.FOLDER)
    writeFileSync(process.env.FOLDER + '/filler', Buffer.alloc(bavail * bsize - 1_000_000))
    let done = 0
    const codes = new Set()
    for (let failures = 0; failures < 3; ) {
      try {
        await record(idOf(done + 1))
        done++
      } catch (error) {
        failures++
        codes.add(error.code)
      }
    }
    rmSync(process.env.FOLDER + '/filler')
    for (let tries = 0; tries < 60; tries++) {
      try {
        await record(idOf(done + 1))
        done++
        break
      } catch (error) {
        codes.add(error.code)
        await new Promise(resolve => setTimeout(resolve, 500))
      }
    }
    const { rows } = await database.drizzle.execute('select count(*)::int as count from usage_attempt')
    console.log('result', JSON.stringify({ codes: [...codes], isWhole: rows[0].count === done, isBack: done > 0 }))
    await store.close()
    await database.close()
    console.log('closed')`
    const prepared = join(scratch, 'prepared')
    await makePgliteFolder(prepared, 'migrated')
    const folder = join(scratch, 'small')
    await mkdir(folder)
    const small =
      'mount -t tmpfs -o size=100m none "$FOLDER" && cp -a "$PREPARED" "$FOLDER/data" && exec "$@"'
    await using child = await startProcess({
      command: 'unshare',
      args: [
        '--mount',
        'sh',
        '-c',
        small,
        'sh',
        process.execPath,
        compilesOnce,
        '--input-type=module',
        '--eval',
        code,
      ],
      cwd: new URL('..', import.meta.url).pathname,
      env: { FOLDER: folder, PREPARED: prepared },
      readyWhen: /closed/,
    })
    const [, result = ''] = await child.waitForOutput(/result (.*)/)
    expect(JSON.parse(result)).toEqual({ codes: ['STORE_UNAVAILABLE'], isWhole: true, isBack: true })
  },
)
