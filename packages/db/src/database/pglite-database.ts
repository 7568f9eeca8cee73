import { join } from 'node:path'
import { type PGlite, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { refuseOtherPglite } from '../embedded/embedded-folder.js'
import * as tables from '../schema/tables.js'
import type { Database, Row, Session, Statement } from './database.js'
import { driverError } from './driver-error.js'
import { lockFolder } from './folder-lock.js'
import { type Ask, PgliteInstance } from './pglite-instance.js'
import { ReadLane } from './read-lane.js'
import { Turns } from './turns.js'

/** As many as may wait for a server's connections to make their batches. */
const maxWaiting = 10_000

const asText = (value: string): string => value
/** How PGlite answers values: as the driver of a server does. */
export const pgliteParsers = {
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
    return await openPgliteData(join(folder, 'pgdata'), { afterwards: lock.release })
  } catch (error) {
    await lock.release()
    throw error
  }
}

/**
 * Opens PGlite's data in a folder that this process holds, or in memory (null).
 * @param options.afterwards what is left to do when it has been closed
 */
export async function openPgliteData(
  dataFolder: string | null,
  options: { readonly afterwards?: () => Promise<void> } = {},
): Promise<Database> {
  const { afterwards = async () => {} } = options
  const instance = await PgliteInstance.open({ dataDir: dataFolder ?? 'memory://', parsers: pgliteParsers })
  const close = async (): Promise<void> => {
    try {
      await instance.close()
    } finally {
      await afterwards()
    }
  }
  return databaseOn({ use: work => instance.use(work), close })
}

/** The database of an instance that nobody else uses until it is closed. */
export function databaseOn(instance: Pick<PgliteInstance, 'use' | 'close'>): Database {
  // There is one connection: it is used exclusively, so that no read is within another caller's transaction.
  const turns = new Turns(maxWaiting)
  const pages = new ReadLane({ maxRunning: 1, maxWaiting: 100, maxWaitMs: 5_000 })
  const bulk = new ReadLane({ maxRunning: 1, maxWaiting: 100, maxWaitMs: null })
  const inSession = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    instance.use(ask => rollingBack(ask, work))
  const query: PGlite['query'] = (...values) =>
    turns.take(() => instance.use(ask => answerOf(ask, pglite => pglite.query(...values))))
  let closed: Promise<void> | null = null
  return {
    kind: 'pglite',
    maxSessions: 1,
    // Drizzle needs no other method of a client, as long as no transaction is begun through it.
    drizzle: drizzle({ query } as PGlite, { schema: tables }),
    withSession: work => turns.take(() => inSession(work)),
    read: (statements, { isBulk = false, signal } = {}) =>
      (isBulk ? bulk : pages).run(
        () => turns.takeWhenQuiet(() => inSession(session => session.run(statements))),
        signal,
      ),
    close: () => {
      closed ??= turns.takeLast(() => instance.close())
      return closed
    },
  }
}

async function rollingBack<T>(ask: Ask, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work({ run: statements => runAll(ask, statements) })
  } catch (error) {
    // The work's error is the one to report. A database that has ended has nothing to roll back.
    await ask(pglite => pglite.exec('rollback')).catch(() => undefined)
    throw error
  }
}

async function runAll(ask: Ask, statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = []
  for (const { text, values, onRow } of statements) {
    const { rows } = await answerOf(ask, pglite => pglite.query<Row>(text, [...values]))
    if (onRow === undefined) {
      results.push(rows)
    } else {
      for (const row of rows) onRow(row)
      results.push([])
    }
  }
  return results
}

async function answerOf<T>(ask: Ask, question: (pglite: PGlite) => Promise<T>): Promise<T> {
  try {
    return await ask(question)
  } catch (error) {
    throw driverError(error)
  }
}
