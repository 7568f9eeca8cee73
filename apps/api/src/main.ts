import { LiveEnvironment } from '@quotakeeper/server-kit'
import { readOptions } from './lifecycle/read-options.js'
import { type Serving, serve } from './lifecycle/serve.js'
import { stopOnSignals } from './lifecycle/stop-on-signals.js'

async function main(): Promise<void> {
  const options = readOptions(LiveEnvironment.open())
  let serving: Serving | null = null
  const signals = stopOnSignals({ stop: async () => serving?.stop(), log: options.log })
  serving = await serve(options)
  signals.ready()
}

main().catch(error => {
  process.stderr.write(`quotakeeper api: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
