import { readFileSync } from 'node:fs'
import { createLog, LiveEnvironment } from '@quotakeeper/server-kit'
import { findConfig } from './config/configure.js'
import { type Serving, serve } from './lifecycle/serve.js'
import { stopOnSignals } from './lifecycle/stop-on-signals.js'
import { parseSettings } from './settings.js'

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return hasVersion ? String(manifest.version) : 'unknown'
}

async function main(): Promise<void> {
  const environment = LiveEnvironment.open()
  const settings = parseSettings(environment.current())
  const log = createLog(settings.logLevel)
  const configFile = findConfig(settings.configPath)
  let serving: Serving | null = null
  const signals = stopOnSignals({ stop: async () => serving?.stop(), log })
  serving = await serve({ settings, environment, configFile, version: readVersion(), log })
  signals.ready()
}

main().catch(error => {
  process.stderr.write(`quotakeeper api: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
