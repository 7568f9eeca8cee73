import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, mainFile, makeFolder, startFixture } from './cli-process.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture({ QUOTA_LOG_LEVEL: 'fatal' })
})
afterAll(() => fixture[Symbol.asyncDispose]())

/** Runs the command in a pseudo-terminal with typed input; returns the shown text and the exit code. */
function inTerminal(command: string, answer: string) {
  const child = spawn('script', ['-qec', `stty cols 100; node ${mainFile} ${command}`, '/dev/null'], {
    cwd: fixture.folder,
    env: { PATH: process.env['PATH'], TERM: 'xterm', QUOTA_API_URL: fixture.origin, TZ: 'UTC' },
    timeout: 250_000,
  })
  let shown = ''
  let isAnswered = answer === ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    // The question is shown: answer it.
    if (!isAnswered && shown.includes('[y/N]')) {
      isAnswered = true
      child.stdin.write(answer)
    }
  })
  return new Promise<{ readonly code: number | null; readonly shown: string }>(resolve => {
    child.once('close', code => resolve({ code, shown }))
  })
}

const charactersOf = async (name: string): Promise<number> =>
  JSON.parse((await fixture.run(['status', '--json'])).out).providers.find(
    (each: { providerName: string }) => each.providerName === name,
  ).characterCount

test('a reset asks for confirmation: no keeps everything, yes resets', async () => {
  await fixture.run(['usage', 'record', 'groq_1', '--characters', '500'])
  const no = await inTerminal('usage reset groq_1', 'n\r')
  expect(no.shown).toContain("Reset today's usage of groq_1? [y/N]")
  expect([no.code === 0, await charactersOf('groq_1')]).toEqual([false, 500])
  expect((await inTerminal('usage reset groq_1', '\u0004')).code).not.toBe(0)
  const yes = await inTerminal('usage reset groq_1', 'y\r')
  expect([yes.code, await charactersOf('groq_1')]).toEqual([0, 0])
})

/** An API whose export starts and never ends. */
async function startEndless() {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' })
    response.write(`date,provider_name\n${'2026-11-25,groq_1\n'.repeat(1_000)}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('an interrupted export reports it, shows its progress, and keeps the written part', async () => {
  await using endless = await startEndless()
  const child = spawn('script', ['-qec', `node ${mainFile} usage export ledger > out.csv`, '/dev/null'], {
    cwd: fixture.folder,
    env: { PATH: process.env['PATH'], TERM: 'xterm', QUOTA_API_URL: endless.url },
    timeout: 250_000,
  })
  let shown = ''
  const ended = once(child, 'close')
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    // Progress is shown: press Ctrl-C.
    if (/\d kB/.test(text)) child.stdin.write('\u0003')
  })
  const [code] = await ended
  expect(shown).toMatch(/\d+\.\d kB/)
  expect(shown).toContain('Interrupted: the output is incomplete.')
  expect(code).toBe(130)
  expect((await readFile(join(fixture.folder, 'out.csv'), 'utf8')).split('\n').length).toBe(1_002)
})

test.each(['SIGINT', 'SIGTERM'] as const)('an export to a file leaves no file after %s', async signal => {
  await using endless = await startEndless()
  await using folder = await makeFolder()
  const child = spawn(process.execPath, [mainFile, 'usage', 'export', 'ledger', '--output', 'l.csv'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], QUOTA_API_URL: endless.url },
    stdio: 'ignore',
    timeout: 250_000,
  })
  const ended = once(child, 'close')
  const begun = () =>
    stat(join(folder.path, 'l.csv.part')).then(
      ({ size }) => size,
      () => 0,
    )
  await expect.poll(begun).toBeGreaterThan(10_000)
  child.kill(signal)
  expect(await ended).toEqual([130, null])
  expect(await readdir(folder.path)).toEqual([])
})

test('a provider is retried, and a past request explained', async () => {
  const retried = await fixture.run(['providers', 'retry', 'groq_2', '--json'])
  expect(retried.code).toBe(0)
  const trace = {
    requestId: '0190a3c4-5d6e-7f80-9123-456789abcdef',
    at: '2026-11-25T10:00:00.000Z',
    model: 'm',
    outcome: 'refused',
    httpStatus: 429,
    code: 'quota_exhausted',
    providerName: '',
    strategy: 'priority',
    isStream: false,
    waitedMs: 0,
    durationMs: 3,
    attempts: [],
    skipped: [
      {
        providerName: 'groq_1',
        model: 'm',
        reasons: [{ code: 'exhausted', limitId: 'characters/day', retryAt: '2100-01-01T00:00:00.000Z' }],
      },
    ],
  }
  await fetch(`${fixture.origin}/trpc/requests.report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ traces: [{ ...trace, at: new Date().toISOString() }] }),
  })
  const explained = await fixture.run(['explain', '0190a3c4-5d6e-7f80-9123-456789abcdef'])
  expect(explained.out).toMatch(/m: refused \(quota_exhausted\) in 3 ms\.$/m)
  expect(explained.out).toContain('Keys were ordered by priority.')
  expect(explained.out).toMatch(/^groq_1 +m +characters\/day has no room +2100-01-01 00:00$/m)
  const unknown = await fixture.run(['explain', '0190a3c4-5d6e-7f80-9123-000000000000'])
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/request "[^"]+" not found/)])
})
