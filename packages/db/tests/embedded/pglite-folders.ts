import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { expect } from 'vitest'
import { type Database, openDatabase, PostgresQuotaStore } from '../../src/index.js'
import { makePgliteFolder } from '../migrated-databases.js'
import { readValue } from '../read-value.js'
import { openElsewhere } from './embedded-folders.js'

const run = promisify(execFile)

const maxStarts = 20

/** How many calls the folder of PGlite has counted, of 1, 2, 3 and so on characters. */
export const callCount = 700

/** What must come along, and come once. */
const digest = `select (select count(*) || ' calls, ' || sum(character_count) from usage_attempt)
  || '; ' || (select string_agg(name, ',' order by name) from ai_provider)
  || '; ' || (select sum(character_count) from ai_provider_usage)
  || '; ' || (select sum(used) from quota_counter) as digest`

/** Reads the digest of a database, and closes it. */
export async function digestOf(database: Database): Promise<unknown> {
  try {
    return await readValue(database, digest)
  } finally {
    await database.close()
  }
}

/** Copies of a folder that PGlite has counted calls in. */
export interface PgliteFolders extends AsyncDisposable {
  readonly scratch: string
  readonly digest: unknown
  copy(name: string): Promise<string>
}

export async function makePgliteFolders(): Promise<PgliteFolders> {
  const scratch = await mkdtemp(join(tmpdir(), 'qk-moved-'))
  const template = join(scratch, 'template')
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
  await store.close()
  return {
    scratch,
    digest: await digestOf(database),
    copy: async name => {
      const folder = join(scratch, name)
      await run('cp', ['-a', template, folder])
      return folder
    },
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  }
}

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

/** The steps of a move at which a start may be killed, in their order. */
export const moveDeaths = {
  'before the engine is chosen': dying('before', 'engine.json'),
  'with the engine chosen': dying('after', 'engine.json'),
  'before the cluster is there': dying('before', 'cluster'),
  'with the cluster there': dying('after', 'cluster'),
  'with rows on their way': dyingMidway,
  'with all rows committed': dying('before', 'pgdata.moved'),
  'with the folder renamed': dying('after', 'pgdata.moved'),
  'with the version left': dying('after', 'PG_VERSION'),
  'before it is ready': dying('before', 'engine.json'),
  'when it is ready': dying('after', 'engine.json'),
  'before it is recorded': dying('before', 'server.json'),
} as const

export type MoveDeath = keyof typeof moveDeaths

/** Kills a start in the folder at each of the steps, one after the other; the last start finds everything once. */
export async function expectMoveSurvives(
  folders: PgliteFolders,
  deaths: readonly MoveDeath[],
): Promise<void> {
  const folder = await folders.copy('killed')
  const startKilled = (when: MoveDeath): Promise<string> =>
    openElsewhere(folder, { before: moveDeaths[when] }).then(
      () => 'it was not killed',
      (error: unknown) => String(error),
    )
  for (const when of deaths) {
    let start = await startKilled(when)
    // On a busy machine, a start may give up before it comes to the step.
    for (let tries = 1; start.includes('STORE_UNAVAILABLE') && tries < maxStarts; tries++)
      start = await startKilled(when)
    expect(start, when).toMatch(/ended \(SIGKILL\) before it was ready/)
  }
  const notices: string[] = []
  const database = await openDatabase(`embedded:${folder}`, { onNotice: ({ text }) => notices.push(text) })
  expect(notices).toEqual(expect.arrayContaining([`PostgreSQL runs in ${folder}`]))
  expect(await digestOf(database)).toBe(folders.digest)
  expect((await readdir(folder)).filter(name => !name.startsWith('owner.')).sort()).toEqual([
    'cluster',
    'engine.json',
    'pgdata',
    'pgdata.moved',
  ])
}
