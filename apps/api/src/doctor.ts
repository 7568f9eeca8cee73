import { readEnvironment } from '@quotakeeper/server-kit'
import { localLines } from './doctor/local-lines.js'

/** Looks at settings, configuration and database where no API runs: JSON, line by line. */
async function main(): Promise<void> {
  for await (const line of localLines(readEnvironment())) process.stdout.write(`${JSON.stringify(line)}\n`)
}

main().catch(error => {
  process.stderr.write(`quotakeeper doctor: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
