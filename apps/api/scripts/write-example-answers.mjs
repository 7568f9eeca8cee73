// Writes src/server/rest/example-answers.json: what a new server answers to the example calls. Build first.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { exportRoute } from '../dist/server/export/export-route.js'
import { exampleCalls } from '../dist/server/rest/example-calls.js'
import { exampleRequest } from '../dist/server/rest/example-request.js'
import { restRoutes } from '../dist/server/rest/rest-routes.js'
import { startExampleGateway } from './example-gateway.mjs'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(folder, 'src/server/rest/example-answers.json')
const port = 14_000 + (process.pid % 1_000)
const origin = `http://127.0.0.1:${port}`
const gatewayPort = port + 1_000
const startAttempts = 300

const directory = mkdtempSync(join(tmpdir(), 'quotakeeper-examples-'))
writeFileSync(join(directory, 'quotakeeper.config.yaml'), 'providers: []\n')
const gateway = await startExampleGateway(gatewayPort)
const server = spawn(process.execPath, [join(folder, 'dist/main.js')], {
  cwd: directory,
  env: { QUOTA_API_PORT: String(port), QUOTA_GATEWAY_PORT: String(gatewayPort) },
  stdio: ['ignore', 'ignore', 'inherit'],
})
try {
  await untilReady()
  /** @type {Record<string, unknown>} */
  const answers = {}
  for (const { procedure, input } of exampleCalls) answers[procedure] = await answerOf(procedure, input)
  writeFileSync(target, formatted(JSON.stringify(answers)))
} finally {
  const ended = new Promise(resolve => server.once('exit', resolve))
  server.kill()
  await ended
  gateway.closeAllConnections()
  gateway.close()
  rmSync(directory, { recursive: true, force: true })
}

async function untilReady() {
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    const isReady = await fetch(`${origin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await pause(100)
  }
  throw new Error('the API did not start')
}

/**
 * @param {string} procedure
 * @param {Readonly<Record<string, unknown>>} input
 */
async function answerOf(procedure, input) {
  const route = [...restRoutes, exportRoute].find(other => other.procedure === procedure)
  if (route === undefined) throw new Error(`${procedure} has no route`)
  const { method, path, body } = exampleRequest(route, input)
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    ...(body === null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return route.mediaTypes === undefined ? JSON.parse(text) : text
}

/** @param {string} text */
function formatted(text) {
  const biome = join(folder, '../../node_modules/@biomejs/biome/bin/biome')
  const options = { cwd: folder, input: text, maxBuffer: 67_108_864 }
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${target}`], options)
}
