import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { createPreparedDatabase, type TestDatabase, type TestServer } from '@quotakeeper/test-kit'
import { openPgliteData } from '../src/database/pglite-database.js'
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

/** What PGlite begins with: making a cluster takes it 2.3 s of a core, loading one 0.6 s. */
const contents: Record<'empty' | 'migrated', Promise<Blob> | null> = { empty: null, migrated: null }

type Content = keyof typeof contents

/** PGlite in memory, as a new one is, or with all tables in it. */
export async function openPgliteInMemory(content: Content): Promise<Database> {
  return openPgliteData(null, { content: await dumpOf(content) })
}

/** Makes a folder of PGlite, as the first start in it leaves it. */
export async function makePgliteFolder(folder: string, content: Content): Promise<void> {
  await mkdir(folder)
  const loadDataDir = await dumpOf(content)
  const pglite = await PGlite.create({ dataDir: join(folder, 'pgdata'), loadDataDir })
  await pglite.close()
}

function dumpOf(content: Content): Promise<Blob> {
  const dump = contents[content] ?? makeContent(content)
  contents[content] = dump
  return dump
}

async function makeContent(content: Content): Promise<Blob> {
  const beginning = content === 'empty' ? {} : { loadDataDir: await dumpOf('empty') }
  const pglite = await PGlite.create({ dataDir: 'memory://', ...beginning })
  try {
    if (content === 'migrated') await migrate({ withSession: work => work({ run: runIn(pglite) }) })
    return await pglite.dumpDataDir('none')
  } finally {
    await pglite.close()
  }
}

function runIn(pglite: PGlite): Session['run'] {
  return async statements => {
    const results: Row[][] = []
    for (const { text, values } of statements) results.push((await pglite.query<Row>(text, [...values])).rows)
    return results
  }
}
