import { openPgliteData } from '../database/pglite-database.js'
import { openPostgres } from '../database/postgres-database.js'
import { migrate } from '../migrate.js'
import { moveDatabase } from '../move/move-database.js'
import { databaseName, hasMoved, makeDatabaseAnew, movedTable } from './databases-of-server.js'
import { renameDurably } from './durable-files.js'
import type { EmbeddedFolder } from './embedded-folder.js'
import type { OnNotice } from './notice.js'
import type { ServerAddress } from './server-address.js'

/** Between two notices of progress. */
const noticePauseMs = 1_000

/**
 * Moves all that PGlite has in a folder into the server's database. May be ended at any point, and called again: the
 * transaction of the move marks it as done, and PGlite's folder is renamed only then. Without the mark, whatever is in
 * the database comes from an incomplete move: it is emptied.
 *
 * @throws the databases' errors; PGlite's data is then as it was
 */
export async function moveFromPglite(
  folder: EmbeddedFolder,
  address: ServerAddress,
  onNotice: OnNotice,
): Promise<void> {
  if (!(await hasMoved(address))) await move(folder, address, onNotice)
  await renameDurably(folder.pglite, folder.movedPglite)
  onNotice({
    level: 'info',
    text: `everything is in PostgreSQL now; the old database is in ${folder.movedPglite} and may be removed`,
  })
}

async function move(folder: EmbeddedFolder, address: ServerAddress, onNotice: OnNotice): Promise<void> {
  onNotice({ level: 'info', text: `moving the database in ${folder.path} from PGlite to PostgreSQL` })
  await makeDatabaseAnew(address)
  const from = await openPgliteData(folder.pglite)
  try {
    const to = openPostgres(address.urlOf(databaseName))
    try {
      await migrate(from)
      await migrate(to)
      await moveDatabase(from, to, {
        onProgress: progressOf(onNotice),
        signal: new AbortController().signal,
        lastStatements: [
          `create table ${movedTable} (folder text not null, moved_at timestamptz not null default now())`,
          `insert into ${movedTable} (folder) values ('pgdata')`,
        ],
      })
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}

function progressOf(
  onNotice: OnNotice,
): (progress: { readonly rows: number; readonly ofRows: number }) => void {
  let nextMs = performance.now() + noticePauseMs
  return ({ rows, ofRows }) => {
    if (performance.now() < nextMs && rows < ofRows) return
    nextMs = performance.now() + noticePauseMs
    const percent = Math.floor((rows / Math.max(ofRows, 1)) * 100)
    onNotice({ level: 'info', text: `moving to PostgreSQL: ${rows} of ${ofRows} rows (${percent} %)` })
  }
}
