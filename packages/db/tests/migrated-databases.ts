import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import {
  createPreparedDatabase,
  oneAtATime,
  type TestDatabase,
  type TestServer,
  testServers,
} from '@quotakeeper/test-kit'
import { databaseOn, pgliteParsers } from '../src/database/pglite-database.js'
import { PgliteInstance } from '../src/database/pglite-instance.js'
import { type Database, migrate, openDatabase, type Row, type Session } from '../src/index.js'

const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

let templateName: Promise<string> | null = null

/** A database on a server, with all tables in it. */
export async function createMigratedDatabase(server?: TestServer): Promise<TestDatabase> {
  templateName ??= nameTemplate()
  return createPreparedDatabase({ name: await templateName, fill: migrateAt }, server)
}

/** Named by the migrations, since a server that is named for the tests outlives what they are today. */
async function nameTemplate(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(migrationsFolder)).filter(name => name.endsWith('.sql')).sort())
    hash.update(await readFile(join(migrationsFolder, name)))
  return `quotakeeper_migrated_${hash.digest('hex').slice(0, 16)}`
}

async function migrateAt(url: string): Promise<void> {
  const database = await openDatabase(url)
  try {
    await migrate(database)
  } finally {
    await database.close()
  }
}

/** What PGlite begins with: a new cluster, all tables in it, and those without the databases that nobody asks. */
type Content = 'empty' | 'migrated' | 'migratedAlone'

/** Files that hold it as a tar archive. */
const contents = new Map<Content, Promise<string>>()
const cacheDirectory = fileURLToPath(new URL('../node_modules/.cache/pglite', import.meta.url))

/** PGlite in memory, with no tables. */
export async function openEmptyPglite(): Promise<Database> {
  return databaseOn(await openInstance('empty'))
}

/** Instances with all tables and no rows, which later tests of this worker take. */
const idle: { readonly instance: PgliteInstance; readonly fingerprint: string }[] = []
const maxIdle = 2

/**
 * PGlite in memory, with all tables in it. Closing it empties the tables for the next test, which takes 0.1 s of a core
 * instead of the 0.8 of a start; an instance whose schema or session has been changed is not used again.
 */
export async function openMigratedPglite(): Promise<Database> {
  const { instance, fingerprint } = idle.pop() ?? (await openFingerprinted())
  let isClosed = false
  return databaseOn({
    use: async work => {
      if (isClosed) throw new Error('this database is closed')
      return instance.use(work)
    },
    close: async () => {
      isClosed = true
      const isReusable = idle.length < maxIdle && (await isEmptied(instance, fingerprint))
      if (isReusable) idle.push({ instance, fingerprint })
      else await instance.close()
    },
  })
}

async function openFingerprinted() {
  // A third less to load.
  const instance = await openInstance('migratedAlone')
  return { instance, fingerprint: await fingerprintOf(instance) }
}

async function openInstance(content: Content): Promise<PgliteInstance> {
  const loadDataDir = await dumpOf(content)
  return PgliteInstance.open({ dataDir: 'memory://', parsers: pgliteParsers, loadDataDir })
}

/** Whether it is again as it was; false for one that has died. */
async function isEmptied(instance: PgliteInstance, fingerprint: string): Promise<boolean> {
  try {
    await instance.use(ask => ask(pglite => pglite.exec(emptyTables)))
    return (await fingerprintOf(instance)) === fingerprint
  } catch {
    return false
  }
}

const emptyTables = `do $$ begin
  execute (select 'truncate ' || string_agg(format('%I.%I', schemaname, tablename), ', ') || ' restart identity'
    from pg_tables where schemaname = 'public' and tablename <> 'quotakeeper_migration');
end $$`

/** Everything of a database but the rows of its tables: its schema, migrations, settings and locks. */
async function fingerprintOf(instance: PgliteInstance): Promise<string> {
  const parts = [
    `select attrelid::regclass::text, attname, atttypid, attnotnull, atthasdef from pg_attribute where attrelid >= 16384`,
    `select conname, pg_get_constraintdef(oid) from pg_constraint where oid >= 16384`,
    `select pg_get_indexdef(indexrelid) from pg_index where indexrelid >= 16384`,
    `select tgname, tgrelid, tgenabled from pg_trigger where not tgisinternal`,
    `select proname, prosrc from pg_proc where oid >= 16384`,
    `select nspname from pg_namespace`,
    `select setdatabase, setrole, setconfig from pg_db_role_setting`,
    `select migration::text from quotakeeper_migration migration`,
    `select name, setting from pg_settings where source = 'session'`,
    `select objid, mode from pg_locks where locktype = 'advisory'`,
  ]
  const rows = parts.map(part => `select row(part)::text as line from (${part}) part`).join(' union all ')
  const text = `select string_agg(line, ' ' order by line collate "C") as lines from (${rows}) rows`
  const { rows: answers } = await instance.use(ask => ask(pglite => pglite.query<Row>(text)))
  return String(answers[0]?.['lines'])
}

/** Makes a folder of PGlite, as a killed process leaves it. A start of PGlite in it would take 0.8 s of a core. */
export async function makePgliteFolder(folder: string, content: 'empty' | 'migrated'): Promise<void> {
  const data = join(folder, 'pgdata')
  await mkdir(data, { recursive: true, mode: 0o700 })
  await promisify(execFile)('tar', ['-x', '--no-same-owner', '-f', await fileOf(content), '-C', data])
  await rm(join(data, 'postmaster.pid'), { force: true })
}

async function dumpOf(content: Content): Promise<Blob> {
  return new Blob([await readFile(await fileOf(content))])
}

function fileOf(content: Content): Promise<string> {
  const file = contents.get(content) ?? keptContent(content)
  contents.set(content, file)
  return file
}

/** Kept over runs: making a cluster takes PGlite 2.3 s of a core, loading one 0.6 s. */
async function keptContent(content: Content): Promise<string> {
  const name = `${content}-${await pgliteVersion()}-${content === 'empty' ? '' : await nameTemplate()}.tar`
  const file = join(cacheDirectory, name)
  const isThere = (): Promise<boolean> =>
    access(file).then(
      () => true,
      () => false,
    )
  if (await isThere()) return file
  const from = madeFrom[content]
  const beginning = from === null ? null : await dumpOf(from)
  // The first worker makes it for all.
  await oneAtATime(testServers()[0].url, async () => {
    if (!(await isThere())) await keepContent(name, await makeContent(content, beginning))
  })
  return file
}

async function keepContent(name: string, made: Blob): Promise<void> {
  const file = join(cacheDirectory, name)
  const [content] = name.split('-')
  await mkdir(cacheDirectory, { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, Buffer.from(await made.arrayBuffer()))
  await rename(draft, file)
  const others = (await readdir(cacheDirectory)).filter(
    each => each.startsWith(`${content}-`) && each.endsWith('.tar') && each !== name,
  )
  for (const other of others) await rm(join(cacheDirectory, other), { force: true })
}

async function pgliteVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const { version }: { version?: unknown } = JSON.parse(
    await readFile(join(dirname(dirname(entry)), 'package.json'), 'utf8'),
  )
  return String(version)
}

const madeFrom = { empty: null, migrated: 'empty', migratedAlone: 'migrated' } as const

async function makeContent(content: Content, beginning: Blob | null): Promise<Blob> {
  const loaded = beginning === null ? {} : { loadDataDir: beginning }
  const pglite = await PGlite.create({ dataDir: 'memory://', ...loaded })
  try {
    if (content === 'migrated') await migrate({ withSession: work => work({ run: runIn(pglite) }) })
    if (content === 'migratedAlone') await dropTemplates(pglite)
    return await pglite.dumpDataDir('none')
  } finally {
    await pglite.close()
  }
}

async function dropTemplates(pglite: PGlite): Promise<void> {
  for (const name of ['template0', 'template1']) {
    await pglite.query(`update pg_database set datistemplate = false where datname = '${name}'`)
    await pglite.query(`drop database ${name}`)
  }
  await pglite.query('checkpoint')
}

function runIn(pglite: PGlite): Session['run'] {
  return async statements => {
    const results: Row[][] = []
    for (const { text, values } of statements) results.push((await pglite.query<Row>(text, [...values])).rows)
    return results
  }
}
