import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite, types } from '@electric-sql/pglite'
import { QuotaError } from '@quotakeeper/quota-core'
import { drizzle } from 'drizzle-orm/pglite'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, Statement } from './database.js'
import { lockFolder } from './folder-lock.js'

/** The PostgreSQL that PGlite embeds. */
const embeddedMajor = '18'

const asText = (value: string): string => value
const parsers = {
  [types.INT8]: asText,
  [types.NUMERIC]: asText,
  [types.DATE]: asText,
  [types.TIMESTAMP]: asText,
  [types.TIMESTAMPTZ]: asText,
}

/**
 * Opens the embedded database: in a folder, which this process then owns, or in memory (null). Safe
 * against the end of the process at any point; not against power loss.
 * @throws QuotaError STORE_UNAVAILABLE when another process owns the folder; INVALID_INPUT for a folder
 *   of another PostgreSQL.
 */
export async function openPglite(folder: string | null): Promise<Database> {
  const lock = folder === null ? null : await lockFolder(folder)
  try {
    if (folder !== null) await refuseOtherMajor(folder)
    const pglite = await PGlite.create({
      dataDir: folder === null ? 'memory://' : join(folder, 'pgdata'),
      parsers,
    })
    await pglite.exec("set timezone to 'UTC'; set enable_seqscan to off")
    return databaseOver(pglite, async () => {
      await pglite.close()
      await lock?.release()
    })
  } catch (error) {
    await lock?.release()
    throw error
  }
}

async function refuseOtherMajor(folder: string): Promise<void> {
  const major = await readFile(join(folder, 'pgdata', 'PG_VERSION'), 'utf8').catch(() => null)
  if (major === null || major.trim() === embeddedMajor) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the folder ${folder} was written by PostgreSQL ${major.trim()}, and this release embeds ${embeddedMajor}: open it with the release that wrote it, or name a new folder in QUOTA_DATABASE_URL`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}

function databaseOver(pglite: PGlite, close: () => Promise<void>): Database {
  const turns = new Turns()
  const query: PGlite['query'] = (...values) => turns.take(() => pglite.query(...values))
  return {
    kind: 'pglite',
    // Drizzle asks no more of a client than this method, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as PGlite, { schema: tables }),
    withSession: work => turns.take(() => rollingBack(pglite, work)),
    close: () => turns.take(close),
  }
}

/** There is one connection: whoever uses it does so alone, lest a read fall into another's transaction. */
class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

async function rollingBack<T>(pglite: PGlite, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work({ run: statements => runAll(pglite, statements) })
  } catch (error) {
    await pglite.exec('rollback')
    throw error
  }
}

async function runAll(
  pglite: PGlite,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = []
  for (const { text, values } of statements) results.push((await pglite.query<Row>(text, [...values])).rows)
  return results
}
