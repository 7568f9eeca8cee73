// Runs API, gateway and dashboard for development: the dashboard reloads when edited, and the applications are
// rebuilt and restarted when their sources change. Uses the data of "pnpm start". Ctrl-C stops everything.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildApps } from './dev/build-apps.mjs'
import { watchSources } from './dev/watch-sources.mjs'
import { readAddresses } from './start/app-addresses.mjs'
import { startGuard } from './start/guard.mjs'
import { requireFreePort } from './start/require-free-port.mjs'
import { runApp } from './start/run-app.mjs'
import { gatewaySecret } from './start/sealing-key.mjs'
import { supervise } from './start/supervise.mjs'
import { untilLauncherEnds } from './start/until-launcher-ends.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { api, gateway, apiUrl } = readAddresses({ environment: process.env, envFile: join(root, '.env') })
const page = { host: '127.0.0.1', port: Number(process.env['QUOTA_PAGE_PORT'] || 5173) }

/** Sources of the applications. */
const sources = [
  ...readdirSync(join(root, 'packages'))
    .filter(name => name !== 'test-kit')
    .map(name => join(root, 'packages', name, 'src')),
  join(root, 'packages', 'db', 'migrations'),
  join(root, 'apps', 'api', 'src'),
  join(root, 'apps', 'orchestrator', 'src'),
]

const apps = [
  {
    name: 'API',
    entry: join(root, 'apps', 'api', 'dist', 'main.js'),
    directory: root,
    environment: process.env,
    readyUrl: `${api.origin}/readyz`,
  },
  {
    name: 'gateway',
    entry: join(root, 'apps', 'orchestrator', 'dist', 'main.js'),
    directory: root,
    environment: {
      ...process.env,
      ...gatewaySecret({ environment: process.env, root }),
      QUOTA_API_URL: apiUrl,
    },
    readyUrl: `${gateway.origin}/healthz`,
  },
]

/** @param {string} text */
const say = text => void process.stdout.write(`[dev] ${text}\n`)

function startPage() {
  const directory = join(root, 'apps', 'dashboard')
  return runApp({
    name: 'page',
    entry: join(directory, 'node_modules', 'vite', 'bin', 'vite.js'),
    args: ['--host', page.host, '--port', String(page.port), '--strictPort', '--logLevel', 'warn'],
    directory,
    environment: { ...process.env, QUOTA_API_URL: apiUrl },
    readyUrl: `http://${page.host}:${page.port}/`,
  })
}

async function develop() {
  for (const address of [
    { ...api, setting: 'QUOTA_API_PORT' },
    { ...gateway, setting: 'QUOTA_GATEWAY_PORT' },
    { ...page, setting: 'QUOTA_PAGE_PORT' },
  ])
    await requireFreePort(address)
  const stopping = new AbortController()
  const { signal } = stopping
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort())
  untilLauncherEnds().then(() => stopping.abort())
  /** @type {Promise<void>} */
  const stopped = new Promise(resolve => signal.addEventListener('abort', () => resolve()))
  const guard = startGuard()
  const watch = watchSources(sources)
  const pageServer = startPage()
  if (pageServer.pid !== undefined) guard.watch(pageServer.pid)
  pageServer.exited.then(ending => {
    if (!signal.aborted) say(`the dashboard is no longer served (${ending}): stop and start again`)
  })

  /** Resolves after sources changed and were built; if the build fails, running processes continue. */
  const untilBuiltAnew = async () => {
    do {
      await Promise.race([watch.next(), stopped])
      if (signal.aborted) return
      say('sources changed: building')
    } while (!(await buildApps({ root, signal })) && !signal.aborted)
  }
  const onReady = () => {
    say(`Page     http://${page.host}:${page.port}/   (reloaded as apps/dashboard is edited)`)
    say(`API      ${api.origin}/trpc and /api/v1`)
    say(`Gateway  ${gateway.origin}/v1`)
    say('ready: API and gateway are rebuilt and restarted when their sources change; Ctrl-C stops all')
  }
  say('building')
  if (!(await buildApps({ root, signal }))) await untilBuiltAnew()
  while (!signal.aborted) {
    const builtAnew = untilBuiltAnew()
    const code = await supervise({ apps, onReady, stopWhen: Promise.race([builtAnew, stopped]) })
    if (code !== 0 && !signal.aborted) say('waiting for a change of the sources')
    await builtAnew
  }
  watch.close()
  await pageServer.stop()
  guard.dismiss()
  say('stopped')
}

try {
  await develop()
  process.exit(0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
