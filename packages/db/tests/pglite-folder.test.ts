import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningProcess, startProcess } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/index.js'
import { bundledDb, compilesOnce } from './bundled-db.js'
import { makePgliteFolder, openEmptyPglite } from './migrated-databases.js'
import { readValue } from './read-value.js'

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'qk-test-'))
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

/** Opens a folder in a process of its own, does something to it, says so, and stays. */
async function openElsewhere(folder: string, action: string): Promise<RunningProcess> {
  const code = `
    import { openDatabase } from '${await bundledDb()}'
    const database = await openDatabase('pglite:' + process.env.FOLDER)
    const run = text => database.withSession(session => session.run([{ name: '', text, values: [] }]))
    const staying = setInterval(() => {}, 60_000)
    process.once('SIGTERM', async () => {
      clearInterval(staying)
      await database.close()
    })
    ${action}
    console.log('opened')`
  return startProcess({
    args: [compilesOnce, '--input-type=module', '--eval', code],
    cwd: new URL('..', import.meta.url).pathname,
    env: { FOLDER: folder },
    readyWhen: /opened/,
  })
}

describe('a folder has one owner', () => {
  // Both tests use the same one, since the first start in a folder takes long.
  let folder: string

  beforeAll(async () => {
    folder = join(scratch, 'data')
    await makePgliteFolder(folder, 'empty')
  })

  test('a second process is refused with the folder and the remedy, and may open it afterwards', async () => {
    await using owner = await openElsewhere(folder, "await run('create table one as select 1 as n')")
    const opening = openDatabase(`pglite:${folder}`)
    await expect(opening).rejects.toMatchObject({ name: 'QuotaError', code: 'STORE_UNAVAILABLE' })
    await expect(opening).rejects.toThrow(new RegExp(`${folder} is in use.*stop that one.*PostgreSQL`))
    expect(await owner.stop()).toEqual({ code: 0, signal: null })
    const database = await openDatabase(`pglite:${folder}`)
    expect(await readValue(database, 'select n from one')).toBe(1)
    await database.close()
    expect(await readdir(folder)).toEqual(['pgdata'])
  })

  test('an owner that was killed keeps neither the folder nor what it had committed', async () => {
    const action = `
      await run('create table t (n int8 primary key)')
      for (let n = 1; n <= 300; n++) await run('insert into t values (' + n + ')')
      await database.withSession(async session => {
        await session.run([{ name: '', text: 'begin', values: [] }])
        await session.run([{ name: '', text: 'insert into t values (1000)', values: [] }])
        console.log('opened')
        await new Promise(() => {})
      })`
    await using owner = await openElsewhere(folder, action)
    await expect(openDatabase(`pglite:${folder}`)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await owner.kill('SIGKILL')
    const database = await openDatabase(`pglite:${folder}`)
    const sums = "select count(*) || ' up to ' || max(n) from t"
    expect(await readValue(database, sums)).toBe('300 up to 300')
    await database.close()
  })
})

test('the embedded PostgreSQL is of the major that folders are checked against', async () => {
  const database = await openEmptyPglite()
  expect(await readValue(database, 'show server_version_num')).toMatch(/^18\d{4}$/)
  await database.close()
})

test('a folder of another PostgreSQL is left alone, and the error says what to do', async () => {
  const folder = join(scratch, 'older')
  await mkdir(join(folder, 'pgdata'), { recursive: true })
  await writeFile(join(folder, 'pgdata', 'PG_VERSION'), '17\n')
  const opening = openDatabase(`pglite:${folder}`)
  await expect(opening).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'QUOTA_DATABASE_URL' })
  await expect(opening).rejects.toThrow(/PostgreSQL 17.*PostgreSQL 18.*pg_dump.*another folder/)
  expect(await readdir(folder, { recursive: true })).toEqual(['pgdata', join('pgdata', 'PG_VERSION')])
})
