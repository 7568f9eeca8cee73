import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { entryOf, freePort, startVendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, startTestGateway } from './fixture.js'
import { startTestApiProcess, type TestApiProcess } from './test-api.js'
import { startGateway } from './test-gateway.js'

/** With the samples; of the keys, each test sets one of its own. */
let api: TestApiProcess
beforeAll(async () => {
  api = await startTestApiProcess()
})
afterAll(() => api[Symbol.asyncDispose]())

function ask(
  { origin }: { readonly origin: string },
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Response> {
  const messages = [{ role: 'user', content: 'Say hello.' }]
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'llama-3.1-8b-instant', messages, ...fields }),
  })
}

async function committed(client: TestApiProcess['client'], providerName: string): Promise<number> {
  const { rows } = await client.usage.ledger.query({ providerName, pageSize: 10_000 })
  return rows.filter(row => row.state === 'committed').length
}

const run = promisify(execFile)

test('with one key set, the first call is answered by curl, with and without max_tokens', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: ['gsk-secret'] })
  // The key is in `.env`, the usual case.
  await using gateway = await startGateway(
    { QUOTA_API_URL: api.origin, GROQ_BASE_URL: `${vendor.baseUrl}/` },
    'GROQ_API_KEY=gsk-secret\n',
  )
  for (const maxTokens of ['', ',"max_tokens":4096']) {
    const { stdout } = await run('curl', [
      ...['-s', '--fail-with-body', `${gateway.origin}/v1/chat/completions`],
      ...['-H', 'content-type: application/json'],
      '-d',
      `{"model":"llama-3.1-8b-instant","messages":[{"role":"user","content":"Say hello."}]${maxTokens}}`,
    ])
    expect(stdout).toContain('The stand-in answers.')
  }
  const output = gateway.process.output()
  for (const line of [
    'groq_2: GROQ_API_KEY_2 is not set: not a candidate',
    'groq_3: GROQ_API_KEY_3 is not set: not a candidate',
    'huggingface_1: HF_TOKEN is not set: not a candidate',
    'huggingface_2: HF_TOKEN_2 is not set: not a candidate',
  ]) {
    expect(output.split(line).length - 1).toBe(1)
  }
  expect(output).not.toContain('groq_1:')
  expect(output).not.toContain('gsk-secret')
  await gateway.process.stop()
  const stats = await api.client.stats.get.query({ providerName: 'groq_1' })
  expect(stats).toMatchObject({ requestCount: 2, characterCount: 2 * (10 + 21) })
})

test('without any key it starts, and a call is 503 with the variable to set', async () => {
  await using gateway = await startTestGateway(api, {})
  const response = await ask(gateway)
  expect(response.status).toBe(503)
  expect((await errorOf(response)).message).toContain('groq_1: GROQ_API_KEY is not set')
})

test('without the API no call is sent; once it is back, calls are answered again', async () => {
  await using vendor = await startVendorStandIn()
  await using gateway = await startTestGateway(api, { GROQ_API_KEY_2: 'k', GROQ_BASE_URL: vendor.baseUrl })
  expect((await ask(gateway)).status).toBe(200)
  await api.process.kill('SIGKILL')
  const response = await ask(gateway)
  expect(response.status).toBe(503)
  expect((await errorOf(response)).code).toBe('quota_api_unavailable')
  expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(503)
  expect(vendor.calls.length).toBe(1)
  await api.restart()
  expect((await ask(gateway)).status).toBe(200)
  expect((await fetch(`${gateway.origin}/readyz`)).status).toBe(200)
})

test('calls in flight when the API is killed are answered, and settled once it is back', async () => {
  await using vendor = await startVendorStandIn()
  await api.client.providers.upsert.mutate({
    ...{ name: 'own_1', vendor: 'groq', models: ['own-model'], limits: [] },
    metadata: { apiKeyEnv: 'OWN_KEY', baseUrl: vendor.baseUrl },
  })
  await using gateway = await startTestGateway(api, { OWN_KEY: 'k' })
  let letGo = (): void => undefined
  const held = new Promise<undefined>(resolve => {
    letGo = () => resolve(undefined)
  })
  vendor.respondWith(() => held)
  const asking = Array.from({ length: 50 }, () => ask(gateway, { model: 'own-model' }))
  await vendor.until(calls => calls.length === 50)
  await api.process.kill('SIGKILL')
  letGo()
  const answers = await Promise.all(asking)
  expect(answers.every(answer => answer.status === 200)).toBe(true)
  await api.restart()
  await gateway.stop()
  expect(await committed(api.client, 'own_1')).toBe(50)
  expect(vendor.calls.length).toBe(50)
})

test('on SIGTERM calls in flight are answered and settled, and the process exits with 0', async () => {
  await using vendor = await startVendorStandIn()
  await using gateway = await startGateway({
    QUOTA_API_URL: api.origin,
    GROQ_API_KEY_3: 'k',
    GROQ_BASE_URL: vendor.baseUrl,
  })
  await api.client.providers.upsert.mutate({ name: 'groq_3', limits: [] })
  vendor.respondWith(async () => {
    await gateway.process.waitForOutput(/"stopping"/)
    return undefined
  })
  const asking = Array.from({ length: 20 }, () => ask(gateway))
  await vendor.until(calls => calls.length === 20)
  const stopping = gateway.process.stop()
  const answers = await Promise.all(asking)
  expect(answers.every(answer => answer.status === 200)).toBe(true)
  expect(await stopping).toEqual({ code: 0, signal: null })
  expect(await committed(api.client, 'groq_3')).toBe(20)
})

test('a failed start exits with 1 and one line with the remedy', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`
  for (const [env, line] of [
    [{ QUOTA_API_URL: nobody, QUOTA_API_PATIENCE_SECONDS: '0' }, `The API at ${nobody} does not answer`],
    [{ QUOTA_GATEWAY_HOST: '0.0.0.0' }, 'set QUOTA_GATEWAY_TOKEN'],
    [{ QUOTA_GATEWAY_PORT: 'many' }, 'QUOTA_GATEWAY_PORT'],
  ] as const) {
    const failed = run(process.execPath, [entryOf('orchestrator')], { env, cwd: tmpdir() })
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(line) })
    const { stderr } = await failed.catch((error: { stderr: string }) => error)
    expect(stderr.trim().split('\n').length).toBe(1)
  }
})
