import { createLog, LiveEnvironment } from '@quotakeeper/server-kit'
import { type Orchestrator, startOrchestrator } from './lifecycle/start-orchestrator.js'
import { readSettings } from './settings.js'

/**
 * Starts an orchestrator with only this environment in a process that runs several, as tests do.
 *
 * @param write takes each line of its log
 * @throws StartupError in one line
 */
export async function startInstance(
  environment: Readonly<Record<string, string>>,
  write: (line: string) => void,
): Promise<Orchestrator> {
  const settings = readSettings(environment)
  const log = createLog(settings.logLevel, { write })
  const { signal } = new AbortController()
  return startOrchestrator({ settings, environment: LiveEnvironment.fixed(environment), log, signal })
}
