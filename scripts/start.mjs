// Builds and starts everything: the API, then the gateway. Ctrl-C stops both.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readAddresses } from './start/app-addresses.mjs'
import { requireFreePort } from './start/require-free-port.mjs'
import { gatewaySecret } from './start/sealing-key.mjs'
import { supervise } from './start/supervise.mjs'
import { untilLauncherEnds } from './start/until-launcher-ends.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Builds here rather than in the script of package.json, where a shell would be between pnpm and this process.
 */
function build() {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  const args = [turbo, 'run', 'build', '--output-logs=errors-only', '--log-order=grouped']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The build failed: see above')
}

/** @param {string} app */
function entryOf(app) {
  const entry = join(root, 'apps', app, 'dist', 'main.js')
  if (!existsSync(entry)) throw new Error(`The build left no ${entry}`)
  return entry
}

async function start() {
  const stopWhen = untilLauncherEnds()
  build()
  const { api, gateway, apiUrl } = readAddresses({ environment: process.env, envFile: join(root, '.env') })
  const apps = [
    {
      name: 'API',
      entry: entryOf('api'),
      directory: root,
      environment: process.env,
      readyUrl: `${api.origin}/readyz`,
    },
    {
      name: 'gateway',
      entry: entryOf('orchestrator'),
      directory: root,
      environment: {
        ...process.env,
        ...gatewaySecret({ environment: process.env, root }),
        QUOTA_API_URL: apiUrl,
      },
      readyUrl: `${gateway.origin}/healthz`,
    },
  ]
  await requireFreePort({ ...api, setting: 'QUOTA_API_PORT' })
  await requireFreePort({ ...gateway, setting: 'QUOTA_GATEWAY_PORT' })
  const onReady = () => {
    process.stdout.write(
      [
        '',
        'Quotakeeper is ready.',
        `  Page     ${api.origin}/`,
        `  API      ${api.origin}/trpc and /api/v1   (described at ${api.origin}/openapi.json)`,
        `  Gateway  ${gateway.origin}/v1   (the base URL for any OpenAI client)`,
        'Ctrl-C stops both.',
        '',
        '',
      ].join('\n'),
    )
  }
  return supervise({ apps, onReady, stopWhen })
}

try {
  process.exit(await start())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
