import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startProcess } from '@quotakeeper/test-kit'
import { startApi } from '../api-process.mjs'

const require = createRequire(import.meta.url)
const standInMain = fileURLToPath(new URL('./stand-in.mjs', import.meta.url))
const orchestratorMain = fileURLToPath(new URL('../../../apps/orchestrator/dist/main.js', import.meta.url))

/**
 * An endpoint for chat completions.
 * @typedef {{ name: string, url: string, headers: Readonly<Record<string, string>>, stop: () => Promise<void> }} Target
 */

/** The vendor itself. @returns {Promise<Target & { origin: string }>} */
export async function startStandIn() {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const running = await startProcess({ args: [standInMain, String(port)], readyWhen: new URL(origin) })
  return {
    name: 'the stand-in itself',
    origin,
    url: `${origin}/v1/chat/completions`,
    headers: { authorization: 'Bearer bench' },
    stop: () => running.stop(),
  }
}

/**
 * Portkey's gateway from npm, which forwards and has no quota. @param {string} vendorOrigin @returns
 * {Promise<Target>}
 */
export async function startPortkey(vendorOrigin) {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [require.resolve('@portkey-ai/gateway/build/start-server.js'), `--port=${port}`, '--headless'],
    readyWhen: new URL(origin),
  })
  return {
    name: "Portkey's gateway",
    url: `${origin}/v1/chat/completions`,
    headers: {
      authorization: 'Bearer bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${vendorOrigin}/v1`,
    },
    stop: () => running.stop(),
  }
}

/**
 * Quotakeeper's gateway with its API on PostgreSQL, separate processes: every call is reserved, settled and in
 * the ledger, on a key with a daily limit on requests and one on tokens.
 * @param {{ name: string, vendorOrigin: string, databaseUrl: string }} world @returns {Promise<Target>}
 */
export async function startQuotakeeper({ name, vendorOrigin, databaseUrl }) {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-bench-'))
  const api = await startApi(databaseUrl)
  await send(`${api.origin}/trpc/providers.upsert`, {
    name: 'bench_1',
    vendor: 'openai',
    models: ['stand-in'],
    limits: [
      { metric: 'requests', window: 'day', max: 1_000_000_000 },
      { metric: 'tokens', window: 'day', max: 1_000_000_000_000 },
    ],
  })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [orchestratorMain],
    cwd: folder,
    env: {
      QUOTA_API_URL: api.origin,
      QUOTA_GATEWAY_PORT: String(port),
      QUOTA_LOG_LEVEL: 'error',
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${vendorOrigin}/v1`,
    },
    readyWhen: new URL(`${origin}/readyz`),
  })
  return {
    name,
    url: `${origin}/v1/chat/completions`,
    headers: { authorization: 'Bearer unused' },
    stop: async () => {
      await running.stop()
      await api.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** @param {string} url @param {object} body */
async function send(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`)
}
