import { localFindings } from './doctor/local-findings.js'
import { readEnvironment } from './env.js'

/** Looks at settings, configuration and database where no API runs: a line of JSON for each finding. */
async function main(): Promise<void> {
  for await (const finding of localFindings(readEnvironment()))
    process.stdout.write(`${JSON.stringify(finding)}\n`)
}

main().catch(error => {
  process.stderr.write(`quotakeeper doctor: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
