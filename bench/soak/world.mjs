import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startPostgres, startProcess } from '@quotakeeper/test-kit'
import { startStandIn } from '../src/gateway/contenders.mjs'
import { httpClient } from '../src/http-client.mjs'

const apiMain = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url))
const gatewayMain = fileURLToPath(new URL('../../apps/orchestrator/dist/main.js', import.meta.url))

/** Keys at the vendor: one with room for all calls, one that is spent within seconds. */
const providers = [
  { name: 'soak_1', max: 1_000_000_000 },
  { name: 'soak_2', max: 500 },
].map(({ name, max }) => ({
  name,
  vendor: 'openai',
  models: ['*'],
  limits: [
    { metric: 'requests', window: 'day', max },
    { metric: 'requests', window: 'hour', max, model: '*', per: 'model' },
    { metric: 'tokens', window: 'rolling-60s', max: 1_000_000_000 },
  ],
}))

/** Two replicas of the API on one PostgreSQL, a gateway, and the vendor, each in a separate process. */
export async function startWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-soak-'))
  const postgres = await startPostgres()
  const vendor = await startStandIn()
  const first = await startApi(postgres.url, folder)
  const second = await startApi(postgres.url, folder)
  const client = httpClient(second.origin, 64)
  for (const provider of providers) await client.mutate('providers.upsert', provider)
  const port = await freePort()
  const gateway = await startProcess({
    args: [gatewayMain],
    cwd: folder,
    env: {
      QUOTA_API_URL: first.origin,
      QUOTA_GATEWAY_PORT: String(port),
      QUOTA_LOG_LEVEL: 'error',
      OPENAI_API_KEY: 'soak',
      OPENAI_API_KEY_1: 'soak',
      OPENAI_API_KEY_2: 'soak',
      OPENAI_BASE_URL: `${vendor.origin}/v1`,
    },
    readyWhen: new URL(`http://127.0.0.1:${port}/readyz`),
  })
  return {
    client,
    firstOrigin: first.origin,
    chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
    pids: { 'API 1': first.running.pid, 'API 2': second.running.pid, gateway: gateway.pid },
    stop: async () => {
      client.close()
      await gateway.stop()
      await Promise.all([first.running.stop(), second.running.stop(), vendor.stop()])
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** @param {string} databaseUrl @param {string} cwd */
async function startApi(databaseUrl, cwd) {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const running = await startProcess({
    args: [apiMain],
    cwd,
    env: { QUOTA_API_PORT: String(port), QUOTA_DATABASE_URL: databaseUrl, QUOTA_LOG_LEVEL: 'error' },
    readyWhen: new URL(`${origin}/readyz`),
  })
  return { origin, running }
}
