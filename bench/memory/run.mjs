// Measures the idle memory of Quotakeeper with the defaults of `start`, without launchers: the proportional set
// size (PSS) of the API, its PostgreSQL and the gateway. Exits with 1 above 160 MB. Linux only.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@quotakeeper/test-kit'
import { runApp } from '../../scripts/start/run-app.mjs'

const mostMegabytes = 160
const idleMs = Number(process.argv[2] ?? 30) * 1_000

/** @param {string} app */
const entryOf = app => fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url))

/** @param {number} pid @returns {Promise<number>} in MB */
async function pssOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1]) / 1_000
}

/** @param {number} root @returns {Promise<number[]>} with all that it has started, and they */
async function familyOf(root) {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(
    pids.map(async pid => {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      return { pid, parent: Number(/^.*\) \S (\d+)/s.exec(text)?.[1]) }
    }),
  )
  const family = [root]
  for (const member of family) {
    for (const { pid, parent } of parents) if (parent === member) family.push(pid)
  }
  return family
}

const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-memory-'))
const [apiPort, gatewayPort] = [await freePort(), await freePort()]
const environment = {
  PATH: process.env['PATH'],
  QUOTA_API_PORT: String(apiPort),
  QUOTA_API_URL: `http://127.0.0.1:${apiPort}`,
  QUOTA_GATEWAY_PORT: String(gatewayPort),
  QUOTA_LOG_LEVEL: 'error',
}
const apps = []
try {
  for (const [name, app, port] of /** @type {const} */ ([
    ['API', 'api', apiPort],
    ['gateway', 'orchestrator', gatewayPort],
  ])) {
    const readyUrl = `http://127.0.0.1:${port}/readyz`
    const running = runApp({ name, entry: entryOf(app), directory: folder, environment, readyUrl })
    apps.push(running)
    await running.untilReady()
  }
  await pause(idleMs)
  const figures = []
  for (const { name, pid = 0 } of apps) {
    const [own = 0, ...others] = await familyOf(pid)
    figures.push({ name, megabytes: await pssOf(own) })
    const sizes = await Promise.all(others.map(pssOf))
    const megabytes = sizes.reduce((sum, size) => sum + size, 0)
    if (others.length > 0) figures.push({ name: 'PostgreSQL and its guard', megabytes })
  }
  const total = figures.reduce((sum, { megabytes }) => sum + megabytes, 0)
  figures.push({ name: 'in all', megabytes: total })
  for (const { name, megabytes } of figures)
    process.stdout.write(`${name.padEnd(26)}${megabytes.toFixed(1).padStart(7)} MB\n`)
  if (total > mostMegabytes) process.exitCode = 1
} finally {
  for (const app of apps.reverse()) await app.stop()
  await rm(folder, { recursive: true, force: true })
}
