import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  freePort,
  type RunningInstance,
  startInstance,
  startVendorStandIn,
  type VendorStandIn,
} from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { type Fixture, startFixture } from './cli-process.js'
import { startRecordingProxy } from './recording-proxy.js'
import { runWith, typeWhenAsked } from './typed-input.js'

const vendors = ['GROQ', 'GEMINI', 'OPENROUTER', 'CEREBRAS', 'MISTRAL']

/** An API, and the port at which it looks for its gateway. */
async function startPair(): Promise<Fixture & { readonly port: number }> {
  const port = await freePort()
  return Object.assign(await startFixture({ QUOTA_GATEWAY_PORT: String(port) }), { port })
}

async function startGateway(
  { origin, port }: { readonly origin: string; readonly port: number },
  { baseUrl }: VendorStandIn,
): Promise<RunningInstance> {
  const gateway = await startInstance('orchestrator', {
    environment: {
      QUOTA_API_URL: origin,
      QUOTA_GATEWAY_PORT: String(port),
      QUOTA_SEALING_KEY: 'e'.repeat(64),
      ...Object.fromEntries(vendors.map(vendor => [`${vendor}_BASE_URL`, baseUrl])),
    },
  })
  // It offers the key to seal with soon after its start.
  await expect
    .poll(async () => (await fetch(`${origin}/api/v1/keys/entered`)).json())
    .toMatchObject({ isOn: true })
  return gateway
}

async function statusOf({ origin }: RunningInstance, model: string): Promise<number> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello.' }] }),
  })
  return response.status
}

const nineLines = `
GROQ_API_KEY=gsk_planted_one
GROQ_API_KEY_2=gsk_planted_two
GROQ_API_KEY_WORK=gsk_planted_one
GEMINI_API_KEY=AIza_planted_one
google,AIza_planted_two,second project
openrouter,sk-or-planted-one
OPENROUTER_API_KEY_2=sk-or-planted-two
CEREBRAS_API_KEY=csk-planted-one
mistral,mis-planted-one,
`

test('a key is added by the command line alone, checked, used, replaced and removed', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: ['gsk_planted_good', 'gsk_planted_next'] })
  await using fixture = await startPair()
  const add = ['providers', 'add', 'groq_1', '--vendor', 'groq']
  const off = await runWith(fixture, add, 'gsk_planted_good')
  expect(off).toMatchObject({ code: 1, err: expect.stringContaining('no gateway is running') })
  await using gateway = await startGateway(fixture, vendor)
  await using proxy = await startRecordingProxy(fixture.origin)
  const outputs: string[] = []
  const run = async (args: readonly string[], input: string) => {
    const ended = await runWith({ folder: fixture.folder, origin: proxy.origin }, args, input)
    outputs.push(ended.out, ended.err)
    return ended
  }
  expect(await run(add, 'gsk_planted_bad')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/not entered, since its check says "refused".*create a new one/),
  })
  // The sample of that name stays as it was.
  const { provider: sample } = JSON.parse((await run(['providers', 'show', 'groq_1', '--json'], '')).out)
  expect(sample).toMatchObject({ managedBy: 'demo', limits: [{ metric: 'characters', max: 14_400 }] })
  const added = await run(add, 'gsk_planted_good\n')
  expect(added.err).toBe('')
  expect(added.out).toContain('Limits: groq/free, as known on 2026-')
  await expect.poll(() => statusOf(gateway, 'groq_1/llama-3.1-8b-instant')).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe('Bearer gsk_planted_good')
  // The preset's limits, not those of the sample of that name.
  const { out } = await run(['providers', 'show', 'groq_1', '--json'], '')
  expect(JSON.parse(out).provider).toMatchObject({ managedBy: 'api', metadata: { preset: 'groq/free' } })
  expect(JSON.parse(out).provider.limits.length).toBeGreaterThan(40)

  await writeFile(join(fixture.folder, '.env'), 'NEXT_KEY=gsk_planted_next\n')
  expect((await run(['providers', 'edit', 'groq_1', '--key-env', 'NEXT_KEY'], '')).code).toBe(0)
  await expect
    .poll(async () => {
      await statusOf(gateway, 'groq_1/llama-3.1-8b-instant')
      return vendor.calls.at(-1)?.headers['authorization']
    })
    .toBe('Bearer gsk_planted_next')
  const twin = await run(['providers', 'add', 'groq_9', '--vendor', 'groq'], 'gsk_planted_next')
  expect(twin.out).toContain('groq_1 has the same key')
  const unwanted = ['providers', 'add', 'groq_8', '--vendor', 'groq']
  const pooled = await run([...unwanted, '--pool', 'two', '--preset', 'none', '--anyway'], 'gsk_planted_bad')
  expect(pooled.out).toMatch(/says "refused": .*create a new/)
  expect(pooled.out).toContain(
    'new pool two, which has none yet: quotakeeper pools set two requests/day=1000',
  )
  await run(['pools', 'set', 'two', 'requests/day=9'], '')
  const moved = await run(['providers', 'edit', 'groq_9', '--pool', 'two'], '')
  expect(moved.out).toBe('groq_9 is changed.\nIt shares the limits of the pool two.\n')
  expect((await run(['providers', 'remove', 'groq_1'], '')).code).toBe(2)
  expect((await run(['providers', 'remove', 'groq_1', '--yes'], '')).code).toBe(0)
  expect((await run(['providers', 'presets'], '')).out).toContain('openrouter/free')
  const { out: mistral } = await run(['providers', 'presets', 'mistral/free'], '')
  expect(mistral).toMatch(/all models +1 request in 1 s, 500,000 tokens a minute/)
  expect(mistral).toMatch(/Read on 2026-\d\d-\d\d: https:/)
  expect(await run(['providers', 'presets', 'x/free'], '')).toMatchObject({
    ...{ code: 2, err: expect.stringContaining('is none of groq/free') },
  })
  expect((await run(['providers', 'add', 'x', '--vendor', 'nobody'], '')).err).toContain('is none of groq')
  expect((await run(['providers', 'add', 'x', '--vendor', 'custom'], '')).err).toContain('needs --base-url')
  // Every account of theirs has an address of its own.
  for (const [vendor, variable] of [
    ['azure', 'AZURE_BASE_URL'],
    ['cloudflare', 'CLOUDFLARE_BASE_URL'],
  ] as const) {
    const { code, err } = await run(['providers', 'add', 'x', '--vendor', vendor], 'gsk_planted_good')
    expect([code, err]).toEqual([2, expect.stringMatching(new RegExp(`needs --base-url.*${variable}`))])
  }
  // Nothing that the command has sent holds a key, plain or encoded.
  expect(proxy.sent()).toContain('ciphertext')
  const encoded = ['planted', Buffer.from('gsk_planted').toString('base64').slice(0, -2)]
  for (const text of [...outputs, proxy.sent(), fixture.output(), gateway.output()])
    for (const secret of encoded) expect(text).not.toContain(secret)
})

test('a key that is typed on a terminal is not shown, and Ctrl-C enters none', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: ['gsk_planted_typed'] })
  await using fixture = await startPair()
  await using _gateway = await startGateway(fixture, vendor)
  const add = `providers add groq_1 --vendor groq`
  const aborted = await typeWhenAsked(fixture, add, 'gsk_planted\u0003')
  expect(aborted.code).not.toBe(0)
  expect(aborted.shown).toContain('no key was entered')
  // The last letter is corrected.
  const added = await typeWhenAsked(fixture, add, 'gsk_planted_typee\u007fd\r')
  expect(added).toMatchObject({ code: 0, shown: expect.stringContaining('its vendor accepts the key') })
  expect(aborted.shown + added.shown).not.toContain('planted')
})

test('nine pasted lines make 8 providers, name 1 duplicate and ask 3 questions; a million characters are refused', async () => {
  await using vendor = await startVendorStandIn()
  await using fixture = await startPair()
  await using gateway = await startGateway(fixture, vendor)
  const command = ['providers', 'import']
  expect(await runWith(fixture, command, '#'.repeat(1_000_001))).toMatchObject({
    code: 2,
    err: 'quotakeeper: standard input is longer than 1000000 characters\n',
  })
  const asked = await runWith(fixture, command, nineLines)
  expect(asked.code).toBe(2)
  expect(asked.err.match(/belong to one account/g)).toHaveLength(3)
  expect(asked.err).toContain('line 4: the same groq key as in line 2')
  const done = await runWith(fixture, [...command, '--yes', '--separate', 'gemini', '--json'], nineLines)
  expect(done.code).toBe(0)
  expect(JSON.parse(done.out)).toEqual({
    added: [
      { name: 'groq_1', pool: 'groq-keys', label: null },
      { name: 'groq_2', pool: 'groq-keys', label: null },
      { name: 'gemini_1', pool: null, label: null },
      { name: 'gemini_2', pool: null, label: 'second project' },
      { name: 'openrouter_1', pool: 'openrouter-keys', label: null },
      { name: 'openrouter_2', pool: 'openrouter-keys', label: null },
      { name: 'cerebras_1', pool: null, label: null },
      { name: 'mistral_1', pool: null, label: null },
    ],
    duplicates: [{ line: 4, vendor: 'groq', sameAsLine: 2 }],
    skipped: [],
    failed: [],
  })
  await expect.poll(() => statusOf(gateway, 'groq_2/llama-3.1-8b-instant')).toBe(200)
  // The limits are the account’s, once.
  const { out } = await runWith(fixture, ['providers', 'show', 'groq_1', '--json'], '')
  const { provider, stats } = JSON.parse(out)
  expect(provider).toMatchObject({ pool: 'groq-keys', limits: [] })
  expect(stats.limits.every(({ subject }: { subject: { kind: string } }) => subject.kind === 'pool')).toBe(
    true,
  )
  // A key of a vendor that has providers may be of their account, as on the page.
  const later = 'mistral,mis-planted-two,work'
  const askedLater = await runWith(fixture, command, later)
  expect(askedLater.err).toContain('do mistral_1 and mistral_2 belong to one account')
  const shared = await runWith(fixture, [...command, '--yes'], later)
  expect(shared.out).toContain('mistral_2 ("work") is added, in the pool mistral-keys.')
  expect(shared.err).toBe('mistral_1 joins the pool mistral-keys\n')
  expect((await runWith(fixture, ['providers', 'show', 'mistral_2'], '')).out).toMatch(/^Label +work$/m)
  const { out: pools } = await runWith(fixture, ['pools'], '')
  expect(pools).toMatch(/^mistral-keys +mistral_1, mistral_2 /m)
  for (const text of [asked.out, asked.err, done.out, done.err, fixture.output(), gateway.output()])
    expect(text).not.toContain('planted')
})

test('a change brings back no provider that somebody else removes at the same time', async () => {
  await using vendor = await startVendorStandIn()
  await using fixture = await startPair()
  await using _gateway = await startGateway(fixture, vendor)
  const providersOf = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${fixture.origin}/api/v1/providers`)
    const { rows } = (await answer.json()) as { readonly rows: readonly { readonly name: string }[] }
    return rows.map(({ name }) => name)
  }
  const change = (name: string, method: 'PUT' | 'DELETE', settings: object | null): Promise<Response> =>
    fetch(`${fixture.origin}/api/v1/providers/${name}`, {
      method,
      ...(settings && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(settings),
      }),
    })
  /** Runs a command; `removed` is removed right before its n-th change of a provider. */
  const run = async (args: readonly string[], { removed, nth = 1, input = '' }: Removal) => {
    let changes = 0
    await using proxy = await startRecordingProxy(fixture.origin, async path => {
      if (path.includes('providers.upsert') && ++changes === nth)
        expect((await change(removed, 'DELETE', null)).status).toBe(200)
    })
    const ended = await runWith(
      { folder: fixture.folder, origin: proxy.origin },
      ['providers', ...args],
      input,
    )
    expect({ ended, changes, inUse: await providersOf() }).toMatchObject({
      changes: expect.toSatisfy((count: number) => count >= nth),
      inUse: expect.not.arrayContaining([removed]),
    })
    return ended
  }
  for (const name of ['mistral_1', 'mistral_2', 'other_1'])
    await change(name, 'PUT', { vendor: 'mistral', limits: [] })
  expect(await run(['set-limit', 'groq_1', 'requests/day=5'], { removed: 'groq_1' })).toMatchObject({
    ...{ code: 1, err: expect.stringContaining('groq_1') },
  })
  expect(await run(['edit', 'groq_2', '--model', 'llama-*'], { removed: 'groq_2' })).toMatchObject({
    ...{ code: 1, err: expect.stringContaining('groq_2') },
  })
  const joined = await run(['import', '--yes'], {
    ...{ removed: 'mistral_1', nth: 2, input: 'mistral,mis-planted-two,work' },
  })
  expect(joined.err).toMatch(/^mistral_1 is not in the pool mistral-keys: .*mistral_1/m)
  expect(joined.err).toContain('mistral_2 joins the pool mistral-keys')
})

interface Removal {
  readonly removed: string
  readonly nth?: number
  readonly input?: string
}
