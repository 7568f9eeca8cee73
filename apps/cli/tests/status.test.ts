import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, mainFile, runProgram, startFixture } from './cli-process.js'

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
