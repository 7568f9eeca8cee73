import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, PostgresQuotaStore } from '../../src/index.js'
import { makePgliteFolder } from '../migrated-databases.js'
import { readValue } from '../read-value.js'
import { openElsewhere } from './embedded-folders.js'

const run = promisify(execFile)
const callCount = 700

let scratch: string
let template: string
let before: unknown

/** What must come along, and come once. */
const digest = `select (select count(*) || ' calls, ' || sum(character_count) from usage_attempt)
  || '; ' || (select string_agg(name, ',' order by name) from ai_provider)
  || '; ' || (select sum(character_count) from ai_provider_usage)
  || '; ' || (select sum(used) from quota_counter) as digest`

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'qk-moved-'))
  template = join(scratch, 'template')
  await makePgliteFolder(template, 'migrated')
  const database = await openDatabase(`pglite:${template}`)
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  const limits = [{ metric: 'characters', window: 'day', max: 1_000_000 }] as const
  await tracker.upsertProvider({ name: 'groq_1', vendor: 'groq', limits: [...limits] })
  const calls = Array.from({ length: callCount }, (_, index) =>
    tracker.recordUsage('groq_1', { characterCount: index + 1 }),
  )
  await Promise.all(calls)
  before = await readValue(database, digest)
  await store.close()
  await database.close()
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

async function copy(name: string): Promise<string> {
  const folder = join(scratch, name)
  await run('cp', ['-a', template, folder])
  return folder
}

async function digestOf(database: Database): Promise<unknown> {
  try {
    return await readValue(database, digest)
  } finally {
    await database.close()
  }
}

test('a PGlite folder is moved at the first start, says so, and keeps its data aside', async () => {
  expect(before).toBe(`${callCount} calls, 245350; groq_1; 245350; 245350`)
  const folder = await copy('moved')
  const notices: string[] = []
  const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
  expect(database.kind).toBe('postgres')
  // Serves what a start serves: numbers go on where they were.
  const store = new PostgresQuotaStore({ database })
  await new QuotaTracker({ store }).recordUsage('groq_1', { characterCount: 1 })
  await store.close()
  expect(await digestOf(database)).toBe(`${callCount + 1} calls, 245351; groq_1; 245351; 245351`)
  // On a busy machine, that it is still starting.
  expect(notices.filter(text => !text.startsWith('PostgreSQL is starting'))).toEqual([
    `creating a database in ${folder}`,
    `moving the database in ${folder} from PGlite to PostgreSQL`,
    expect.stringMatching(/^moving to PostgreSQL: \d+ of \d+ rows \(100 %\)$/),
    `everything is in PostgreSQL now; the old database is in ${folder}/pgdata.moved and may be removed`,
    `PostgreSQL runs in ${folder}`,
  ])
  expect((await readdir(folder)).sort()).toEqual(['cluster', 'engine.json', 'pgdata', 'pgdata.moved'])
  // What was put aside is whole.
  await rename(join(folder, 'pgdata.moved'), join(scratch, 'aside'))
  await run('mkdir', [join(scratch, 'again')])
  await rename(join(scratch, 'aside'), join(scratch, 'again', 'pgdata'))
  expect(await digestOf(await openDatabase(`pglite:${join(scratch, 'again')}`))).toBe(before)
})

test('who only looks finds what is there, and moves nothing', async () => {
  const folder = await copy('looked-at')
  const database = await openDatabase(`embedded:${folder}`, { joins: true, keepsPglite: true })
  expect(database.kind).toBe('pglite')
  expect(await digestOf(database)).toBe(before)
  expect(await readdir(folder)).toEqual(['pgdata'])
})

/** Kills the process right before or right after a file gets its name; or while rows are on their way. */
function dying(moment: 'before' | 'after', name: string): string {
  return `
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs
    fs.rename = async (from, to) => {
      if (to.endsWith('/${name}') && '${moment}' === 'before') process.kill(process.pid, 'SIGKILL')
      await rename(from, to)
      if (to.endsWith('/${name}') && '${moment}' === 'after') process.kill(process.pid, 'SIGKILL')
    }
    syncBuiltinESMExports()`
}

const dyingMidway = `
  const print = console.log
  console.log = (...words) => {
    print(...words)
    if (String(words[1]).startsWith('moving to PostgreSQL')) process.kill(process.pid, 'SIGKILL')
  }`

test('a start may be killed at each step, and again at the next: nothing is lost, nothing doubled', async () => {
  const folder = await copy('killed')
  const deaths: readonly (readonly [string, string])[] = [
    ['before the engine is chosen', dying('before', 'engine.json')],
    ['with the engine chosen', dying('after', 'engine.json')],
    ['before the cluster is there', dying('before', 'cluster')],
    ['with the cluster there', dying('after', 'cluster')],
    ['with rows on their way', dyingMidway],
    ['with all rows committed', dying('before', 'pgdata.moved')],
    ['with the folder renamed', dying('after', 'pgdata.moved')],
    ['with the note left', dying('after', 'PG_VERSION')],
    ['before it is ready', dying('before', 'engine.json')],
    ['when it is ready', dying('after', 'engine.json')],
    ['before it is recorded', dying('before', 'server.json')],
  ]
  for (const [when, before] of deaths) {
    const start = await openElsewhere(folder, { before }).then(
      () => 'it was not killed',
      (error: unknown) => String(error),
    )
    expect(start, when).toMatch(/ended \(SIGKILL\) before it was ready/)
  }
  const notices: string[] = []
  const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
  expect(notices).toEqual(expect.arrayContaining([`PostgreSQL runs in ${folder}`]))
  expect(await digestOf(database)).toBe(before)
  expect((await readdir(folder)).filter(name => !name.startsWith('owner.')).sort()).toEqual([
    'cluster',
    'engine.json',
    'pgdata',
    'pgdata.moved',
  ])
})

test('PGlite data of another PostgreSQL is left alone, and no engine is chosen', async () => {
  const folder = await copy('other')
  await run('sh', ['-c', 'echo 17 > "$1/pgdata/PG_VERSION"', 'sh', folder])
  await expect(openDatabase(`embedded:${folder}`)).rejects.toThrow(/written by PostgreSQL 17.*pg_dump/)
  expect(await readdir(folder)).toEqual(['pgdata'])
})
