import { execFile } from 'node:child_process'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, PostgresQuotaStore } from '../../src/index.js'
import {
  callCount,
  digestOf,
  expectMoveSurvives,
  makePgliteFolders,
  type PgliteFolders,
} from './pglite-folders.js'

const run = promisify(execFile)

let folders: PgliteFolders
beforeAll(async () => {
  folders = await makePgliteFolders()
})
afterAll(() => folders[Symbol.asyncDispose]())

test('a PGlite folder is moved at the first start, says so, and keeps its data aside', async () => {
  expect(folders.digest).toBe(`${callCount} calls, 245350; groq_1; 245350; 245350`)
  const folder = await folders.copy('moved')
  const notices: string[] = []
  const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
  expect(database.kind).toBe('postgres')
  // Serves what a start serves: numbers go on where they were.
  const store = new PostgresQuotaStore({ database })
  await new QuotaTracker({ store }).recordUsage('groq_1', { characterCount: 1 })
  await store.close()
  expect(await digestOf(database)).toBe(`${callCount + 1} calls, 245351; groq_1; 245351; 245351`)
  // On a busy machine, that it is still starting, and how far it has come.
  expect(notices.filter(text => !/^PostgreSQL is starting|\(\d\d? %\)$/.test(text))).toEqual([
    `creating a database in ${folder}`,
    `moving the database in ${folder} from PGlite to PostgreSQL`,
    expect.stringMatching(/^moving to PostgreSQL: \d+ of \d+ rows \(100 %\)$/),
    `everything is in PostgreSQL now; the old database is in ${folder}/pgdata.moved and may be removed`,
    `PostgreSQL runs in ${folder}`,
  ])
  expect((await readdir(folder)).sort()).toEqual(['cluster', 'engine.json', 'pgdata', 'pgdata.moved'])
  // What was put aside is whole.
  await rename(join(folder, 'pgdata.moved'), join(folders.scratch, 'aside'))
  await run('mkdir', [join(folders.scratch, 'again')])
  await rename(join(folders.scratch, 'aside'), join(folders.scratch, 'again', 'pgdata'))
  expect(await digestOf(await openDatabase(`pglite:${join(folders.scratch, 'again')}`))).toBe(folders.digest)
})

test('who only looks finds what is there, and moves nothing', async () => {
  const folder = await folders.copy('looked-at')
  const database = await openDatabase(`embedded:${folder}`, { joins: true, keepsPglite: true })
  expect(database.kind).toBe('pglite')
  expect(await digestOf(database)).toBe(folders.digest)
  expect(await readdir(folder)).toEqual(['pgdata'])
})

test.runIf(isThorough)('a start may be killed while it moves: nothing is lost, nothing doubled', async () => {
  expect.hasAssertions()
  // All steps are in fire/scenarios/killed-moves.test.ts: each takes one to three seconds of a core.
  await expectMoveSurvives(folders, ['with rows on their way'])
})

test('PGlite data of another PostgreSQL is left alone, and no engine is chosen', async () => {
  const folder = await folders.copy('other')
  await run('sh', ['-c', 'echo 17 > "$1/pgdata/PG_VERSION"', 'sh', folder])
  await expect(openDatabase(`embedded:${folder}`)).rejects.toThrow(/written by PostgreSQL 17.*pg_dump/)
  expect(await readdir(folder)).toEqual(['pgdata'])
})
