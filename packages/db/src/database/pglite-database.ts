import { join } from 'node:path'
import { PGlite, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { refuseOtherPglite } from '../embedded/embedded-folder.js'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, Statement } from './database.js'
import { driverError } from './driver-error.js'
import { lockFolder } from './folder-lock.js'
import { ReadLane } from './read-lane.js'
import { Turns } from './turns.js'

/** As many as may wait for a server's connections to make their batches. */
const mostWaiting = 10_000

const asText = (value: string): string => value
const parsers = {
  [types.INT8]: asText,
  [types.NUMERIC]: asText,
  [types.DATE]: asText,
  [types.TIMESTAMP]: asText,
  [types.TIMESTAMPTZ]: asText,
}

/**
 * Opens PGlite: in a folder, which this process then owns, or in memory (null). Safe against the end of the process
 * at any point; not against power loss.
 * @throws QuotaError STORE_UNAVAILABLE when another process owns the folder; INVALID_INPUT for a folder
 *   of another PostgreSQL.
 */
export async function openPglite(folder: string | null): Promise<Database> {
  if (folder === null) return openPgliteData(null)
  const lock = await lockFolder(folder)
  try {
    await refuseOtherPglite(folder)
    return await openPgliteData(join(folder, 'pgdata'), lock.release)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Opens PGlite's data in a folder that this process holds, or in memory (null). */
export async function openPgliteData(
  dataFolder: string | null,
  afterwards: () => Promise<void> = async () => {},
): Promise<Database> {
  const pglite = await PGlite.create({ dataDir: dataFolder ?? 'memory://', parsers })
  await pglite.exec("set timezone to 'UTC'; set enable_seqscan to off")
  return databaseOver(pglite, async () => {
    try {
      await pglite.close()
    } finally {
      await afterwards()
    }
  })
}

function databaseOver(pglite: PGlite, close: () => Promise<void>): Database {
  // There is one connection: whoever uses it does so alone, lest a read fall into another's transaction.
  const turns = new Turns(mostWaiting)
  const pages = new ReadLane({ maxRunning: 1, maxWaiting: 100, maxWaitMs: 5_000 })
  const bulk = new ReadLane({ maxRunning: 1, maxWaiting: 100, maxWaitMs: null })
  const query: PGlite['query'] = (...values) => turns.take(() => ask(() => pglite.query(...values)))
  let closed: Promise<void> | null = null
  return {
    kind: 'pglite',
    // Drizzle asks no more of a client than this method, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as PGlite, { schema: tables }),
    withSession: work => turns.take(() => rollingBack(pglite, work)),
    read: (statements, { isBulk = false, signal } = {}) =>
      (isBulk ? bulk : pages).run(
        () => turns.takeWhenQuiet(() => rollingBack(pglite, session => session.run(statements))),
        signal,
      ),
    close: () => {
      closed ??= turns.takeLast(close)
      return closed
    },
  }
}

async function rollingBack<T>(pglite: PGlite, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work({ run: statements => runAll(pglite, statements) })
  } catch (error) {
    // The work's error is the one to tell. A database that is closed has nothing to roll back.
    if (!pglite.closed) await pglite.exec('rollback')
    throw error
  }
}

async function runAll(
  pglite: PGlite,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = []
  for (const { text, values, onRow } of statements) {
    const { rows } = await ask(() => pglite.query<Row>(text, [...values]))
    if (onRow === undefined) {
      results.push(rows)
    } else {
      for (const row of rows) onRow(row)
      results.push([])
    }
  }
  return results
}

async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    throw driverError(error)
  }
}
