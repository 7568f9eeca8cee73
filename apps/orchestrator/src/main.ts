import { createLog, LiveEnvironment } from '@quotakeeper/server-kit'
import { type Orchestrator, startOrchestrator } from './lifecycle/start-orchestrator.js'
import { stopOnSignals } from './lifecycle/stop-on-signals.js'
import { readSettings } from './settings.js'

async function main(): Promise<void> {
  const environment = LiveEnvironment.open()
  const settings = readSettings(environment.current())
  const log = createLog(settings.logLevel)
  const starting = new AbortController()
  let orchestrator: Orchestrator | null = null
  stopOnSignals({ starting, stop: async () => orchestrator?.stop(), log })
  orchestrator = await startOrchestrator({ settings, environment, log, signal: starting.signal })
}

main().catch(error => {
  process.stderr.write(
    `quotakeeper orchestrator: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
})
