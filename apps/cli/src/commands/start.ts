import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { exitCodes, Failure } from '../failure.js'
import { runChild } from '../run-child.js'

/** The launcher of the workspace, relative to this build. */
const launcher = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url))

/** `quotakeeper start`: the same as `pnpm start`. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('build and start the API and the gateway; Ctrl-C stops both')
    .addHelpText('after', '\nExample:\n  quotakeeper start')
    .action(async () => {
      if (!existsSync(launcher))
        throw new Failure('start needs the workspace: run it in a clone of Quotakeeper', exitCodes.failed)
      process.exitCode = await runChild(launcher)
    })
}
