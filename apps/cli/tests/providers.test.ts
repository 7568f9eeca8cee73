import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startInstance, startVendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, makeFolder, startFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

describe('providers', () => {
  it('sets a limit, keeps the others, and adds missing ones', async () => {
    const set = await fixture.run([
      'providers',
      'set-limit',
      'groq_1',
      'characters/day=20_000',
      'cost/month=$0.25',
    ])
    expect(set).toMatchObject({ code: 0, out: 'groq_1: characters/day=20,000, cost/month=$0.25\n' })
    const removed = await fixture.run(['providers', 'remove-limit', 'groq_1', 'cost/month', '--json'])
    expect(JSON.parse(removed.out).limits).toMatchObject([{ id: 'characters/day', max: 20_000 }])
    const shown = await fixture.run(['providers', 'show', 'groq_1'])
    expect(shown.out).toMatch(/^Managed by +api$/m)
    expect((await fixture.run(['providers', 'list'])).out).toMatch(/^groq_1 +groq .*characters\/day=20,000$/m)
  })

  it.each([
    ['an invalid limit', ['set-limit', 'groq_1', 'requests'], 2, /LIMIT=MAX/],
    ['an invalid metric', ['set-limit', 'groq_1', 'calls/day=1'], 2, /start with one of requests/],
    ['an invalid max', ['set-limit', 'groq_1', 'requests/day=-1'], 2, /max must be a whole number/],
    ['an invalid window', ['set-limit', 'groq_1', 'requests/fortnight=1'], 2, /window: must be minute/],
    ['an unknown limit', ['remove-limit', 'groq_1', 'x'], 1, /it has characters\/day/],
    ['an unknown provider', ['show', 'nobody'], 1, /unknown provider "nobody"/],
    ['no address', ['add', 'x', '--vendor', 'groq', '--base-url', 'x'], 2, /--base-url must be an address/],
    ['a password', ['edit', 'x', '--base-url', 'http://a:b@c.example'], 2, /must not contain a user/],
  ])('refuses in one line with the remedy: %s', async (_what, args, exitCode, message) => {
    const { code, out, err } = await fixture.run(['providers', ...args])
    expect({ code, out }).toEqual({ code: exitCode, out: '' })
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('makes a pool, changes and lists its limits, and removes it', async () => {
    const made = await fixture.run(['pools', 'set', 'org', 'requests/day=1000', 'cost/month=$20'])
    expect(made).toEqual({ code: 0, err: '', out: 'org: requests/day=1,000, cost/month=$20.00\n' })
    await fixture.run(['pools', 'set', 'org', 'requests/day=900', '--thresholds', '50,100'])
    const listed = await fixture.run(['pools', '--json'])
    expect(JSON.parse(listed.out)).toMatchObject([
      {
        name: 'org',
        managedBy: 'api',
        thresholdsPercent: [50, 100],
        limits: [{ max: 900 }, { id: 'cost/month' }],
      },
    ])
    expect((await fixture.run(['pools', 'set', 'org', '--remove-limit', 'x'])).err).toMatch(
      /it has requests\/day/,
    )
    expect((await fixture.run(['pools', 'list'])).out).toMatch(/^org +– +api +requests\/day=900, cost/m)
    expect((await fixture.run(['pools', 'remove', 'org', '--yes'])).out).toBe('org is removed.\n')
    expect((await fixture.run(['pools'])).out).toContain('There are no pools: quotakeeper pools set')
  })

  it('does not change what the configuration file manages, but grants more of it', async () => {
    await using folder = await makeFolder()
    const config = join(folder.path, 'keys.yaml')
    const limits = '{ requests/day: 5, cost/total: $1 }'
    await writeFile(
      config,
      `providers:\n  - { name: mine, vendor: groq, pool: org, limits: ${limits} }\npools:\n  - { name: org, limits: { concurrency: 3 } }\n`,
    )
    await using filed = await startFixture({ QUOTA_CONFIG: config })
    const { code, err } = await filed.run(['providers', 'set-limit', 'mine', 'requests/day=9'])
    expect(code).toBe(1)
    expect(err).toContain('keys.yaml')
    expect(err).toContain('\nproviders:\n  - name: mine\n    limits:\n      requests/day: 9\n')
    // Only what was asked for.
    expect(err).not.toContain('cost/total')
    const ofPool = await filed.run(['pools', 'set', 'org', 'requests/day=9'])
    expect(ofPool.code).toBe(1)
    expect(ofPool.err).toContain('\npools:\n  - name: org\n    limits:\n      requests/day: 9\n')
    const grant = (...args: readonly string[]) => filed.run(['grant', ...args, '--until', '6h'])
    expect((await grant('mine', 'requests/day', '1_000')).out).toMatch(
      /^mine: requests\/day allows 1,005 now, with 1,000 until \d{4}-/,
    )
    expect((await grant('mine', 'cost/total', '0.25')).out).toMatch(/allows \$1\.25 now, with \$0\.25 until/)
    const pooled = await grant('pool/org', 'concurrency', '2', '--json')
    expect(JSON.parse(pooled.out)).toMatchObject({ subject: { kind: 'pool', name: 'org' }, max: 5 })
    expect((await filed.run(['status', '--provider', 'mine'])).out).toMatch(/requests\/day .* 1,005 /)
    for (const [args, message] of [
      [
        ['mine', 'cost/mnth', '$5'],
        /^quotakeeper: limit "cost\/mnth": mine has no such limit; it has requests\/day, cost\/total\n$/,
      ],
      [
        ['pool/none', 'requests/day', '1'],
        /unknown pool "none": "quotakeeper pools list".*"quotakeeper pools set"/,
      ],
      [['mine', 'requests/day', '$1'], /amount "\$1": write a whole number/],
      [['nobody', 'requests/day', '1'], /unknown provider "nobody"/],
      [['team/x', 'requests/day', '1'], /subject "team\/x"/],
    ] as const) {
      const refused = await grant(...args)
      expect(refused.code).not.toBe(0)
      expect(refused.err).toMatch(message)
    }
  })
})

describe('a check of keys, through the gateway', () => {
  it('reports which keys vendors accept', async () => {
    await using folder = await makeFolder()
    await using vendor = await startVendorStandIn({ apiKeys: ['good-key'] })
    const config = join(folder.path, 'keys.yaml')
    const provider = (name: string, variable: string) =>
      `  - { name: ${name}, vendor: custom, baseUrl: "${vendor.baseUrl}", apiKeyEnv: ${variable}, limits: { requests/day: 5 } }\n`
    await writeFile(config, `providers:\n${provider('good', 'KEY_A')}${provider('bad', 'KEY_B')}`)
    await using filed = await startFixture({ QUOTA_CONFIG: config })
    await using gateway = await startInstance('orchestrator', {
      environment: { QUOTA_API_URL: filed.origin, KEY_A: 'good-key', KEY_B: 'bad-key' },
    })
    const env = { QUOTA_GATEWAY_PORT: new URL(gateway.origin).port }
    const all = await filed.run(['providers', 'check'], env)
    expect(all.code).toBe(1)
    expect(all.out).toMatch(/^✓ +good +custom +ok$/m)
    expect(all.out).toMatch(/^✗ +bad +custom +refused +.*create a new one/m)
    expect(all.out).not.toContain('-key')
    const one = await filed.run(['providers', 'check', 'good', '--json'], env)
    expect(one.code).toBe(0)
    expect(JSON.parse(one.out)).toMatchObject({ keys: [{ providerName: 'good', result: 'ok' }] })
    const unknown = await filed.run(['providers', 'check', 'nobody'], env)
    expect(unknown).toMatchObject({
      code: 1,
      err: 'quotakeeper: Unknown provider "nobody": "quotakeeper providers list" lists the existing ones.\n',
    })
  })

  it('exits with 3 without a gateway', async () => {
    const { code, err } = await fixture.run(['providers', 'check', '--gateway-url', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(err).toMatch(/^quotakeeper: the gateway does not answer at http:\/\/127\.0\.0\.1:9: start it/)
  })
})
