import { freePort, startApplication, startVendorStandIn } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { makeFolder } from './cli-process.js'
import { runWith, typeWhenAsked } from './typed-input.js'

// By its address, without types: what `start` makes.
const sealingModule = new URL('../../../scripts/start/sealing-key.mjs', import.meta.url).href
const {
  gatewaySecret,
}: { gatewaySecret(sources: { environment: object; root: string }): Record<string, string> } = await import(
  sealingModule
)

/** API and gateway in an empty folder with their own PostgreSQL, as `start` runs them. */
async function startIn(folder: string, vendorUrl: string) {
  const [apiPort, gatewayPort] = [String(await freePort()), String(await freePort())]
  const env = { QUOTA_API_PORT: apiPort, QUOTA_GATEWAY_PORT: gatewayPort }
  const origin = `http://127.0.0.1:${apiPort}`
  const secret = gatewaySecret({ environment: {}, root: folder })
  const api = await startApplication('api', { environment: env, directory: folder })
  const gateway = await startApplication('orchestrator', {
    environment: { ...env, ...secret, QUOTA_API_URL: origin, GROQ_BASE_URL: vendorUrl },
    directory: folder,
  })
  return {
    env,
    origin,
    output: () => api.output() + gateway.output(),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}

const model = 'llama-3.1-8b-instant'
const addGroq = (name: string) => `providers add ${name} --vendor groq --preset none`

test('from an empty folder to a spent key and a second one, by the command line alone', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: ['gsk_planted_one', 'gsk_planted_two'] })
  await using folder = await makeFolder()
  await using servers = await startIn(folder.path, vendor.baseUrl)
  const place = { folder: folder.path, ...servers }
  const outputs: string[] = []
  const qk = async (line: string, { input = '', env = {} } = {}) => {
    const ended = await runWith({ ...place, env: { ...place.env, ...env } }, line.split(' '), input)
    outputs.push(ended.out, ended.err)
    return ended
  }
  expect((await qk('status')).out).toContain('no key')
  expect(await qk(`call ${model}`)).toMatchObject({ code: 1, err: expect.stringContaining('GROQ_API_KEY') })
  // The gateway offers the key to seal with soon after its start.
  await expect
    .poll(async () => (await qk(addGroq('groq_1'), { input: 'gsk_planted_bad' })).err)
    .toMatch(/not entered, since its check says "refused".*create a new one/)
  const typed = await typeWhenAsked(place, addGroq('groq_1'), 'gsk_planted_one\r')
  outputs.push(typed.shown)
  expect(typed).toMatchObject({ code: 0, shown: expect.stringContaining('its vendor accepts the key') })
  // Those of the sample of that name are gone.
  expect(JSON.parse((await qk('providers show groq_1 --json')).out).provider.limits).toEqual([])
  await expect.poll(async () => (await qk('providers check groq_1')).out).toMatch(/✓\s+groq_1\s+groq\s+ok/)
  expect((await qk('providers set-limit groq_1 requests/day=5')).code).toBe(0)

  const first = await qk(`call ${model}`)
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/\w/) })
  const [, requestId = ''] = /explain ([0-9a-f-]{36})"/.exec(first.err) ?? []
  await expect.poll(async () => (await qk(`explain ${requestId}`)).out).toMatch(/answered by groq_1 in/)
  await expect.poll(async () => (await qk('status')).out).toMatch(/groq_1.*requests\/day.*1\b/)
  for (let count = 2; count <= 5; count += 1) expect((await qk(`call ${model} Hi`)).code).toBe(0)
  await expect.poll(async () => (await qk('usage summary')).out).toMatch(/\b5\b/)
  // The fifth was the last: no further one reaches the vendor.
  const refused = await qk(`call ${model}`)
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/^quotakeeper: refused with 429: .*groq_1.*requests\/day/)
  expect(refused.err).toContain('"quotakeeper status" shows what is left')
  const completions = () => vendor.calls.filter(({ path }) => path.endsWith('/chat/completions')).length
  expect(completions()).toBe(5)
  await expect.poll(async () => (await qk('alerts list')).out).toMatch(/groq_1[\s\S]*100/)

  const second = await qk(`${addGroq('groq_2')} --key-env SECOND_KEY`, {
    env: { SECOND_KEY: 'gsk_planted_two' },
  })
  expect(second).toMatchObject({ code: 0, err: '' })
  await expect.poll(async () => (await qk(`call ${model}`)).code).toBe(0)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe('Bearer gsk_planted_two')
  expect((await qk(`explain ${model}`)).out).toContain('groq_2 would take the call')

  expect((await qk('providers remove groq_2 --yes')).code).toBe(0)
  await expect.poll(async () => (await qk(`call ${model}`)).code).toBe(1)
  expect(completions()).toBe(6)
  for (const text of [...outputs, servers.output()]) expect(text).not.toContain('planted')
})

test('a call of a wrong size, or without an API, says what to do', async () => {
  await using folder = await makeFolder()
  const place = { folder: folder.path, origin: `http://127.0.0.1:${await freePort()}` }
  expect(await runWith(place, ['call', 'm', '--max-output', '0'], '')).toMatchObject({
    code: 2,
    err: expect.stringContaining('at least 1'),
  })
  expect(await runWith(place, ['call', 'm'], '')).toMatchObject({
    code: 3,
    err: expect.stringContaining('start it by "quotakeeper start"'),
  })
})
