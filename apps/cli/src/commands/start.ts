import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { exitCodes, Failure } from '../failure.js'

/** The launcher of the workspace, seen from where this is built to. */
const launcher = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url))

/** `quotakeeper start`: what `pnpm start` does. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('build and start the API and the gateway; Ctrl-C stops both')
    .addHelpText('after', '\nExample:\n  quotakeeper start')
    .action(async () => {
      if (!existsSync(launcher))
        throw new Failure('start needs the workspace: run it in a clone of Quotakeeper', exitCodes.failed)
      const child = spawn(process.execPath, [launcher], { stdio: 'inherit' })
      // The child decides how to end; this process ends after it, and must not by a signal before.
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.removeAllListeners(name)
        process.on(name, () => {
          // A terminal sends Ctrl-C to both by itself. Twice is taken for impatience.
          const hasIt = name === 'SIGINT' && process.stdin.isTTY === true
          if (!hasIt) child.kill(name)
        })
      }
      process.exitCode = await new Promise<number>((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', code => resolve(code ?? exitCodes.failed))
      })
    })
}
