import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { freePort, startProcess, startVendorStandIn } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Fixture,
  gatewayFile,
  mainFile,
  makeFolder,
  runCommand,
  runProgram,
  startFixture,
} from './cli-process.js'

// Each command is a process, which is slow on a busy machine.
let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

describe('status', () => {
  it('lists used, remaining and maximum units of every limit, without colours if piped', async () => {
    await fixture.run(['usage', 'record', 'groq_2', '--characters', '13000'])
    const { code, out, err } = await fixture.run(['status', '--provider', 'groq_2'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^groq_2 +critical +characters\/day +13,000 +█+░ +1,400 +14,400 +/m)
    expect(out).toContain('Times in UTC.')
    expect(out).not.toContain('\u001b')
  })

  it('names the zone of its times, UTC with --utc', async () => {
    const env = { TZ: 'Asia/Tokyo' }
    expect((await fixture.run(['status'], env)).out).toContain('Times in Asia/Tokyo.')
    expect((await fixture.run(['status', '--utc'], env)).out).toContain('Times in UTC.')
  })

  it('prints only JSON with --json, before or after the command', async () => {
    for (const args of [
      ['status', '--json'],
      ['--json', 'status'],
    ]) {
      const { out } = await fixture.run(args)
      const { providers, totals } = JSON.parse(out)
      expect(providers).toHaveLength(5)
      expect(totals[0]).toMatchObject({ metric: 'characters', max: 103_200 })
    }
  })

  it('filters providers by status or name', async () => {
    await fixture.run(['providers', 'disable', 'huggingface_2'])
    const { out } = await fixture.run(['status', '--status', 'disabled', '--json'])
    expect(JSON.parse(out).providers.map((stats: { providerName: string }) => stats.providerName)).toEqual([
      'huggingface_2',
    ])
    expect((await fixture.run(['status', '--provider', 'hugging*_2'])).out).toMatch(/disabled by admin/)
    expect((await fixture.run(['status', '--provider', 'nobody'])).out).toBe('No provider matches.\n')
    await fixture.run(['providers', 'enable', 'huggingface_2'])
  })

  it('lists every model of one provider with --models, including unlisted ones', async () => {
    const count = 103
    const send = async (procedure: string, input: object): Promise<void> => {
      const response = await fetch(`${fixture.origin}/trpc/${procedure}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
      expect(response.status).toBe(200)
    }
    const limit = { metric: 'requests', window: 'day', max: 9, model: '*', per: 'model' }
    await send('providers.upsert', { name: 'many', vendor: 'custom', limits: [limit] })
    const models = Array.from({ length: count }, (_, index) => `m${String(index).padStart(3, '0')}`)
    await Promise.all(
      models.map(model => send('usage.record', { providerName: 'many', model, requestCount: 3 })),
    )
    expect((await fixture.run(['status'])).out).toContain(
      'many: 3 more models, see quotakeeper status --models many',
    )
    const { code, out } = await fixture.run(['status', '--models', 'many'])
    expect(code).toBe(0)
    for (const model of models) expect(out).toMatch(new RegExp(`\\b${model}\\b.* 3 `))
    const { providerName, limits } = JSON.parse(
      (await fixture.run(['status', '--models', 'many', '--json'])).out,
    )
    expect(providerName).toBe('many')
    expect(limits.map((limit: { model: string }) => limit.model)).toEqual(models)
    expect(limits[0]).toMatchObject({ used: 3, max: 9 })
    expect((await fixture.run(['status', '--models', 'groq_1'])).out).toContain(
      'No limit counts models separately',
    )
    const mixed = await fixture.run(['status', '--models', 'many', '--watch'])
    expect([mixed.code, mixed.err]).toEqual([
      2,
      expect.stringContaining('cannot be combined with options other than --json'),
    ])
    expect((await fixture.run(['status', '--models', 'nobody'])).err).toContain('nobody')
    await send('providers.remove', { name: 'many' })
  })

  it('watches only on a terminal', async () => {
    const { code, err } = await fixture.run(['status', '--watch'])
    expect(code).toBe(2)
    expect(err).toMatch(/^quotakeeper: --watch needs a terminal/)
  })
})

describe('on a terminal', () => {
  const inTerminal = (line: string, columns = 100) =>
    runProgram('script', ['-qec', `stty cols ${columns} rows 24; ${line}`, '/dev/null'], {
      cwd: fixture.folder,
      env: { QUOTA_API_URL: fixture.origin, TZ: 'UTC', TERM: 'xterm' },
    })
  const command = `${process.execPath} ${mainFile}`
  const ctrlC = '\u0003'

  it('is coloured, unless NO_COLOR or --no-color is set', async () => {
    expect((await inTerminal(`${command} status`)).out).toContain('\u001b[32m')
    expect((await inTerminal(`${command} status --no-color`)).out).not.toContain('\u001b[')
    expect((await inTerminal(`NO_COLOR=1 ${command} status`)).out).not.toContain('\u001b[')
  })

  it.each([40, 60, 100])('draws no line wider than %i columns', async columns => {
    const { out } = await inTerminal(`${command} status --no-color`, columns)
    const widths = out.split(/\r?\n/).map(line => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
    expect(out).toContain('groq_1')
  })

  it('restores the terminal when watching is interrupted, and exits with 0', async () => {
    // The shell gets the interrupt, too, and would end before its echo.
    const line = `stty cols 100 rows 24; trap : INT; ${command} status --watch; echo "after $?"`
    const watching = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: fixture.folder,
      env: { PATH: process.env['PATH'], QUOTA_API_URL: fixture.origin, TZ: 'UTC', TERM: 'xterm' },
      timeout: 250_000,
    })
    let out = ''
    let isInterrupted = false
    watching.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (isInterrupted || !out.includes('groq_1')) return
      isInterrupted = true
      watching.stdin.write(ctrlC)
    })
    await once(watching, 'close')
    expect(out.split('\u001b[?1049h')).toHaveLength(2)
    const end = out.slice(out.lastIndexOf('\u001b[?25h'))
    expect(end.startsWith('\u001b[?25h\u001b[?1049lafter 0')).toBe(true)
  })
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
      [['mine', 'requests/week', '1'], /has no limit "requests\/week"; it has requests\/day, cost\/total/],
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

describe('usage', () => {
  it('records a call once, however often it is repeated with one id', async () => {
    const args = [
      'usage',
      'record',
      'groq_3',
      '--characters',
      '7',
      '--id',
      '0190a3c4-5d6e-7f80-9123-456789abcdef',
    ]
    for (let time = 0; time < 2; time += 1) {
      const { out } = await fixture.run([...args, '--json'])
      expect(JSON.parse(out)).toMatchObject({ providerName: 'groq_3', requestCount: 1, characterCount: 7 })
    }
    expect((await fixture.run(['usage', 'history', '--provider', 'groq_3'])).out).toMatch(
      /groq_3 +1 +7 +0 +0 +\$0\.00/,
    )
    expect((await fixture.run(['usage', 'summary', '--group-by', 'provider'])).out).toMatch(/^groq_3 +1 +7 /m)
    const ledger = JSON.parse((await fixture.run(['usage', 'ledger', '--provider', 'groq_3', '--json'])).out)
    expect(ledger).toMatchObject([{ id: args.at(-1), kind: 'record' }])
    const filtered = async (...filter: readonly string[]) =>
      JSON.parse((await fixture.run(['usage', 'ledger', '--provider', 'groq_3', ...filter, '--json'])).out)
    expect(await filtered('--state', 'committed')).toEqual(ledger)
    expect(await filtered('--consumer', 'nobody')).toEqual([])
    const sums = ['usage', 'summary', '--provider', 'groq_3', '--group-by', 'day', '--json']
    expect(JSON.parse((await fixture.run(sums)).out)).toMatchObject([{ requestCount: 1, characterCount: 7 }])
    expect(await fixture.run(['usage', 'ledger', '--state', 'reserved'])).toMatchObject({ code: 2 })
  })

  it('prints the sums of today without a command, and names the commands for a wrong one', async () => {
    await fixture.run(['usage', 'record', 'groq_3', '--characters', '11', '--model', 'today-model'])
    const { code, out, err } = await fixture.run(['usage'])
    expect([code, err]).toEqual([0, expect.stringContaining('"quotakeeper usage summary"')])
    expect(out).toMatch(/^PROVIDER +REQUESTS[\s\S]*^groq_3 +\d/m)
    const byModel = ['usage', '--group-by', 'day,model', '--provider', 'groq_3', '--json']
    const rows: readonly { day: string; model: string }[] = JSON.parse((await fixture.run(byModel)).out)
    expect(rows).toContainEqual(expect.objectContaining({ model: 'today-model', characterCount: 11 }))
    const today = new Date().toISOString().slice(0, 10)
    expect(rows.every(({ day }) => day >= today)).toBe(true)
    expect(await fixture.run(['usage', 'list'])).toMatchObject({
      ...{ code: 2, out: '' },
      err: "quotakeeper: unknown command 'list': write one of record, history, today, summary, ledger, export, reset\n",
    })
    expect(await fixture.run(['usage', 'sumary', '--days', '3'])).toMatchObject({
      ...{ code: 2, out: '' },
      err: "quotakeeper: unknown command 'sumary' (Did you mean summary?)\n",
    })
  })

  it('exports to a file that appears when complete, or to a pipe', async () => {
    const { code, out } = await fixture.run(['usage', 'export', 'history', '--output', 'h.csv'])
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(await readFile(join(fixture.folder, 'h.csv'), 'utf8')).toMatch(/^date,providerName,.*groq_3/s)
    expect((await readdir(fixture.folder)).filter(name => name.endsWith('.part'))).toEqual([])
    const lines = await fixture.run(['usage', 'export', 'ledger', '--format', 'jsonl'])
    const rows = lines.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows.length).toBeGreaterThan(0)
    expect(rows[0]).toHaveProperty('providerName')
  })

  it('leaves no file of an aborted export', async () => {
    await using broken = await startBroken()
    await using folder = await makeFolder()
    const { code, err } = await runCommand(['usage', 'export', 'ledger', '--output', 'l.csv'], {
      cwd: folder.path,
      env: { QUOTA_API_URL: broken.origin },
    })
    expect(code).toBe(3)
    expect(err).toMatch(/was aborted after \d+ B/)
    expect(await readdir(folder.path)).toEqual([])
  })

  it('succeeds if the reader closes the pipe early', async () => {
    const line = `${process.execPath} ${mainFile} usage export ledger | head -c 10; echo " $\{PIPESTATUS[0]}"`
    const { out, err } = await runProgram('bash', ['-c', line], {
      cwd: fixture.folder,
      env: { QUOTA_API_URL: fixture.origin },
    })
    expect(out).toBe('id,kind,st 0\n')
    expect(err).toBe('')
  })

  it('resets only after confirmation', async () => {
    const refused = await fixture.run(['usage', 'reset', 'groq_2'])
    expect(refused.code).toBe(2)
    expect(refused.err).toMatch(/needs --yes without a terminal/)
    expect((await fixture.run(['usage', 'reset'])).code).toBe(2)
    expect((await fixture.run(['usage', 'reset', 'groq_2', '--yes'])).code).toBe(0)
    const { out } = await fixture.run(['providers', 'show', 'groq_2', '--json'])
    expect(JSON.parse(out).stats.characterCount).toBe(0)
  })
})

describe('alerts and explain', () => {
  it('lists raised alerts', async () => {
    await fixture.run(['usage', 'record', 'huggingface_1', '--characters', '31000'])
    const { out } = await fixture.run(['alerts', 'list', '--severity', 'error', '--json'])
    expect(JSON.parse(out)).toMatchObject([{ subject: { name: 'huggingface_1' }, thresholdPercent: 100 }])
    expect((await fixture.run(['alerts', 'list'])).out).toMatch(
      /error +huggingface_1 +characters\/day +100 %/,
    )
  })

  it('names the key that would take a call, or exits with 1 if none would', async () => {
    expect(await fixture.run(['explain', 'some-model'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^✓ .*\nKeys are ordered by most-remaining, and those after/),
    })
    // As the gateway orders them.
    await fixture.run(['routing', 'set', '--strategy', 'priority'])
    expect((await fixture.run(['explain', 'some-model'])).out).toContain('ordered by priority')
    await fixture.run(['routing', 'set', '--strategy', 'default'])
    const priced = await fixture.run(['explain', 'llama-3.1-8b-instant'])
    expect(priced.out).toMatch(
      /^Price: \$0\.05 in and \$0\.08 out per million tokens \(list price of llama-3\.1-8b-instant in .+, 20\d\d-\d\d-\d\d\)\.$/m,
    )
    const none = await fixture.run(['explain', 'some-model', '--characters', '1000000'])
    expect(none.code).toBe(1)
    expect(none.out).toMatch(/^✗ No key would take the call\.$/m)
    expect(none.out).toMatch(
      /^groq_1 +some-model +the call needs 1,000,000 characters; the limit is \d\d,\d{3} a day +–$/m,
    )
  })

  it('reports an unknown request', async () => {
    const { code, err } = await fixture.run(['explain', '0190a3c4-5d6e-7f80-9123-456789abcdef'])
    expect(code).toBe(1)
    expect(err).toMatch(/request "[^"]+" not found/)
  })
})

describe('commands that use the gateway or receivers', () => {
  it('reports which keys vendors accept, through the gateway', async () => {
    await using folder = await makeFolder()
    await using vendor = await startVendorStandIn({ apiKeys: ['good-key'] })
    const config = join(folder.path, 'keys.yaml')
    const provider = (name: string, variable: string) =>
      `  - { name: ${name}, vendor: custom, baseUrl: "${vendor.baseUrl}", apiKeyEnv: ${variable}, limits: { requests/day: 5 } }\n`
    await writeFile(config, `providers:\n${provider('good', 'KEY_A')}${provider('bad', 'KEY_B')}`)
    await using filed = await startFixture({ QUOTA_CONFIG: config })
    const port = String(await freePort())
    await using _gateway = await startProcess({
      args: [gatewayFile],
      cwd: filed.folder,
      env: { QUOTA_API_URL: filed.origin, QUOTA_GATEWAY_PORT: port, KEY_A: 'good-key', KEY_B: 'bad-key' },
      readyWhen: new URL(`http://127.0.0.1:${port}/readyz`),
    })
    const env = { QUOTA_GATEWAY_PORT: port }
    const all = await filed.run(['providers', 'check'], env)
    expect(all.code).toBe(1)
    expect(all.out).toMatch(/^✓ +good +custom +ok$/m)
    expect(all.out).toMatch(/^✗ +bad +custom +refused +.*create a new one/m)
    expect(all.out).not.toContain('-key')
    const one = await filed.run(['providers', 'check', 'good', '--json'], env)
    expect(one.code).toBe(0)
    expect(JSON.parse(one.out)).toMatchObject({ keys: [{ providerName: 'good', result: 'ok' }] })
    const unknown = await filed.run(['providers', 'check', 'nobody'], env)
    expect(unknown).toMatchObject({ code: 1, err: 'quotakeeper: Unknown provider "nobody".\n' })
  })

  it('exits with 3 without a gateway', async () => {
    const { code, err } = await fixture.run(['providers', 'check', '--gateway-url', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(err).toMatch(/^quotakeeper: the gateway does not answer at http:\/\/127\.0\.0\.1:9: start it/)
  })

  it('reports that a test of alerts has no receivers', async () => {
    const { code, out, err } = await fixture.run(['alerts', 'test'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/No receivers/)
  })

  it('reports which receivers a test of alerts reached', async () => {
    const bodies: string[] = []
    const receiver = createServer((request, response) => {
      request
        .on('data', chunk => bodies.push(String(chunk)))
        .on('end', () => response.writeHead(200).end('ok'))
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const address = receiver.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`
    await using folder = await makeFolder()
    const config = join(folder.path, 'alerts.yaml')
    await writeFile(config, 'alerts: { send: [{ slack: { urlEnv: HOOK_URL } }] }\n')
    await using filed = await startFixture({ QUOTA_CONFIG: config, HOOK_URL: url })
    const { code, out } = await filed.run(['alerts', 'test'])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^✓ .*slack/) })
    expect(bodies.join('')).toContain('alerts reach this receiver')
    receiver.close()
  })
})

describe('errors', () => {
  it.each([
    ['an unknown command', ['stauts'], /unknown command 'stauts' \(Did you mean status\?\)/],
    ['an unknown option', ['status', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
    ['an invalid number', ['usage', 'record', 'groq_1', '--characters', '1.5'], /whole number/],
    ['input that the API refuses', ['usage', 'history', '--from', '2026-13-01'], /^quotakeeper: from: /],
    ['an invalid address', ['status', '--api-url', 'nowhere'], /--api-url must be an address/],
    [
      'a password in the address',
      ['status', '--api-url', 'http://a:b@127.0.0.1'],
      /must not hold a password/,
    ],
    ['a missing token file', ['status', '--token-file', 'gone'], /--token-file: gone cannot be read/],
  ])('exits with 2 and one line: %s', async (_what, args, message) => {
    const { code, out, err } = await fixture.run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('prints the help of a group without a command as it can be typed, and exits with 2', async () => {
    const env = { npm_lifecycle_event: 'qk' }
    for (const group of ['providers', 'consumers']) {
      const { code, out, err } = await fixture.run([group], env)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(err).toContain(`Usage: pnpm qk ${group} [options] [command]`)
      expect(err).not.toContain('quotakeeper')
      expect(await fixture.run([group, '--help'], env)).toEqual({ code: 0, out: err, err: '' })
    }
  })

  it('exits with 3 if no API answers, and states how to repeat a record safely', async () => {
    const gone = { QUOTA_API_URL: 'http://127.0.0.1:9' }
    const { code, err } = await fixture.run(['status'], gone)
    expect(code).toBe(3)
    expect(err).toMatch(/does not answer at http:\/\/127\.0\.0\.1:9 \(.+\): start it by/)
    const record = await fixture.run(['usage', 'record', 'groq_1'], gone)
    expect(record.err).toMatch(/repeat it with --id [0-9a-f-]{36}, so that it is counted once/)
  })

  it('exits with 3 if another server answers', async () => {
    await using other = await startBroken()
    const { code, err } = await fixture.run(['status'], { QUOTA_API_URL: other.origin })
    expect(code).toBe(3)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('sends its token only to the API: from the environment, .env or a file', async () => {
    await using guarded = await startFixture({ QUOTA_API_TOKEN: 'use-it', QUOTA_ADMIN_TOKEN: 'change-it' })
    const without = await guarded.run(['status'])
    expect(without.code).toBe(1)
    expect(without.err).toMatch(/set QUOTA_API_TOKEN/)
    expect((await guarded.run(['status'], { QUOTA_API_TOKEN: 'use-it' })).code).toBe(0)
    const weak = await guarded.run(['providers', 'disable', 'groq_1'], { QUOTA_API_TOKEN: 'use-it' })
    expect(weak).toMatchObject({ code: 1, err: expect.stringMatching(/QUOTA_ADMIN_TOKEN/) })
    await writeFile(join(guarded.folder, 'token'), 'change-it\n')
    expect((await guarded.run(['providers', 'disable', 'groq_1', '--token-file', 'token'])).code).toBe(0)
    await writeFile(join(guarded.folder, '.env'), 'QUOTA_ADMIN_TOKEN=change-it\n')
    expect((await guarded.run(['providers', 'enable', 'groq_1'])).code).toBe(0)
  })

  it('removes terminal controls from names', async () => {
    await fixture.run(['usage', 'record', 'groq_1', '--consumer', 'a\u202eb', '--model', 'm\u2066x'])
    const { out } = await fixture.run(['usage', 'summary', '--group-by', 'consumer,model'])
    expect(out).not.toContain('\u202e')
    expect(out).not.toContain('\u2066')
    expect(out).toContain('\ufffd')
  })
})

describe('help', () => {
  it('prints its version', async () => {
    expect(await fixture.run(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' })
  })
})

/** A server that breaks the connection during its answer. */
async function startBroken(): Promise<AsyncDisposable & { readonly origin: string }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': '1000' })
    response.write('id,kind\r\n', () => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
