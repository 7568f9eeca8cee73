import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { exitCodes, Failure } from '../failure.js'
import { runChild } from '../run-child.js'

/** The API's program for databases, relative to this build. */
const mover = fileURLToPath(new URL('../../../api/dist/move.js', import.meta.url))

/** `quotakeeper move`: copies the embedded database to a server. */
export function addMove(program: Command): void {
  program
    .command('move')
    .description('copy everything from the embedded database to an empty PostgreSQL server')
    .argument('[folder]', 'where the embedded database is', '.quotakeeper/data')
    .addHelpText(
      'after',
      '\nQUOTA_DATABASE_URL names the server, in the environment or .env. Stop the API first. All or nothing, also when\ninterrupted; the folder is not changed.\n\nExample:\n  quotakeeper move .quotakeeper/data',
    )
    .action(async (folder: string) => {
      if (!existsSync(mover))
        throw new Failure(
          'move needs the workspace, built: run it in a clone of Quotakeeper',
          exitCodes.failed,
        )
      process.exitCode = await runChild(mover, [folder])
    })
}
