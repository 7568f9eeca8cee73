import { readEnvironment } from '@quotakeeper/server-kit'
import { localLines } from './doctor/local-lines.js'

/** Looks at settings, configuration and database where no API runs, or with `--fix` repairs it: JSON, line by line. */
async function main(): Promise<void> {
  const fixes = process.argv.includes('--fix')
  for await (const line of localLines(readEnvironment(), { fixes }))
    process.stdout.write(`${JSON.stringify(line)}\n`)
}

main().catch(error => {
  process.stderr.write(`quotakeeper doctor: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
