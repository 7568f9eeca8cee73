import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroken } from './broken-server.js'
import { type Fixture, mainFile, makeFolder, runCommand, runProgram, startFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
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

  it('says that a ledger is exported whole unless days are given', async () => {
    const { out } = await fixture.run(['usage', 'export', '--help'])
    expect(out.replaceAll(/\s+/g, ' ')).toContain('(default: 7; of the ledger all that is kept)')
  })

  it('leaves no file of an aborted export', async () => {
    await using broken = await startBroken()
    await using folder = await makeFolder()
    const { code, err } = await runCommand(['usage', 'export', 'ledger', '--output', 'l.csv'], {
      cwd: folder.path,
      env: { QUOTA_API_URL: broken.origin },
    })
    expect(code).toBe(3)
    expect(err).toMatch(
      /was aborted after \d+ B: the output is incomplete; run it again, or export fewer days \(--days\)$/m,
    )
    expect(await readdir(folder.path)).toEqual([])
  })

  it('refuses a file that cannot be written, and names it as it was given', async () => {
    await using folder = await makeFolder()
    await mkdir(join(folder.path, 'taken', 'inside'), { recursive: true })
    for (const [output, code] of [
      ['none/h.csv', 'ENOENT'],
      ['taken', 'EISDIR'],
    ] as const) {
      const { err, code: exitCode } = await runCommand(['usage', 'export', 'history', '--output', output], {
        cwd: folder.path,
        env: { QUOTA_API_URL: fixture.origin },
      })
      expect([exitCode, err]).toEqual([
        1,
        `quotakeeper: --output ${output}: cannot be written (${code}); name a file in a folder that exists and is writable\n`,
      ])
    }
    expect(await readdir(folder.path)).toEqual(['taken'])
  })

  it('exports through a link and into a named pipe, and leaves both what they are', async () => {
    await using folder = await makeFolder()
    const at = (name: string) => join(folder.path, name)
    await writeFile(at('target.csv'), 'old')
    await symlink('target.csv', at('link.csv'))
    const surroundings = { cwd: folder.path, env: { QUOTA_API_URL: fixture.origin } }
    const linked = await runCommand(['usage', 'export', 'history', '--output', 'link.csv'], surroundings)
    expect(linked).toMatchObject({ code: 0, err: '' })
    expect((await lstat(at('link.csv'))).isSymbolicLink()).toBe(true)
    expect(await readFile(at('target.csv'), 'utf8')).toMatch(/^date,providerName,/)
    const command = `${process.execPath} ${mainFile} usage export history --output pipe`
    const line = `mkfifo pipe; cat pipe > read.csv & ${command}; test -p pipe && wait && cat read.csv`
    const piped = await runProgram('sh', ['-c', line], surroundings)
    expect(piped).toMatchObject({ code: 0, out: expect.stringMatching(/^date,providerName,/), err: '' })
  })

  it('says in one line that its output cannot be written', async () => {
    const line = `${process.execPath} ${mainFile} usage export history > /dev/full`
    const { code, err } = await runProgram('sh', ['-c', line], {
      cwd: fixture.folder,
      env: { QUOTA_API_URL: fixture.origin },
    })
    expect([code, err]).toEqual([
      1,
      'quotakeeper: the output cannot be written (ENOSPC): free space for it, or write it elsewhere\n',
    ])
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
