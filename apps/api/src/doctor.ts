import { readEnvironment } from '@quotakeeper/server-kit'
import { localLines } from './doctor/local-lines.js'

/**
 * Checks settings, configuration and database without a running API, or repairs them with `--fix`. Prints JSON lines.
 */
async function main(): Promise<void> {
  const fixes = process.argv.includes('--fix')
  for await (const line of localLines(readEnvironment(), { fixes }))
    process.stdout.write(`${JSON.stringify(line)}\n`)
}

main().catch(error => {
  process.stderr.write(`quotakeeper doctor: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
