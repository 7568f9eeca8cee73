import { fileURLToPath } from 'node:url'
import { freePort, startProcess } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, gatewayFile, makeFolder, runProgram, startFixture } from './cli-process.js'

// Each command is a process, which is slow on a busy machine.
const apiFile = fileURLToPath(new URL('../../api/dist/main.js', import.meta.url))

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture?.[Symbol.asyncDispose]())

test('explain names the variable of a key that is not set, and the key that takes the call', async () => {
  await using own = await startFixture()
  const port = String(await freePort())
  await using _gateway = await startProcess({
    args: [gatewayFile],
    cwd: own.folder,
    env: { QUOTA_API_URL: own.origin, QUOTA_GATEWAY_PORT: port, GROQ_API_KEY_3: 'a-key' },
    readyWhen: new URL(`http://127.0.0.1:${port}/readyz`),
  })
  const explained = await own.run(['explain', 'llama-3.1-8b-instant'])
  expect(explained).toMatchObject({ code: 0, out: expect.stringContaining('✓ groq_3 would take the call.') })
  expect(explained.out).toMatch(/^groq_2 .*GROQ_API_KEY_2 is not set/m)
})

test.each([
  [['providers', 'show', 'nobody']],
  [['providers', 'retry', 'nobody']],
  [['providers', 'enable', 'nobody']],
  [['usage', 'record', 'nobody', '--requests', '1']],
])('%s of an unknown provider names a command and a file, and no procedure', async args => {
  const { code, err } = await fixture.run(args)
  expect(code).not.toBe(0)
  expect(err).toContain('unknown provider "nobody": "quotakeeper providers list"')
  expect(err).toContain('quotakeeper.config.yaml')
  // The file is read again when it changes.
  expect(err).not.toContain('start again')
  expect(err).not.toMatch(/\b[a-z]+\.upsert\b/)
})

test('an API whose database cannot be reached ends at once with one line that names host, reason and setting', async () => {
  await using folder = await makeFolder()
  const port = await freePort()
  const ended = await runProgram(process.execPath, [apiFile], {
    cwd: folder.path,
    env: { QUOTA_API_PORT: '0', QUOTA_DATABASE_URL: `postgres://me:pa55word@127.0.0.1:${port}/quota` },
  })
  expect(ended.code).toBe(1)
  const [line, ...more] = ended.err.trim().split('\n')
  expect(line).toMatch(
    new RegExp(
      `^quotakeeper api: the database at 127\\.0\\.0\\.1:${port} .*ECONNREFUSED.*QUOTA_DATABASE_URL$`,
    ),
  )
  expect(more).toEqual([])
  expect(ended.err + ended.out).not.toContain('pa55word')
})

test.each(['/proc/nowhere/data', '/dev/null/data'])(
  'a data folder that cannot be created is reported at once: %s',
  async place => {
    await using folder = await makeFolder()
    for (const engine of ['embedded', 'pglite']) {
      const ended = await runProgram(process.execPath, [apiFile], {
        cwd: folder.path,
        env: { QUOTA_API_PORT: '0', QUOTA_DATABASE_URL: `${engine}:${place}` },
      })
      expect([engine, ended.code]).toEqual([engine, 1])
      expect(ended.err).toContain(place)
      expect(ended.err).toContain('QUOTA_DATABASE_URL')
    }
  },
)
