import { entryOf, freePort, isThorough, startInstance } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, makeFolder, runProgram, startFixture } from './cli-process.js'

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture?.[Symbol.asyncDispose]())

test('explain names the variable of a key that is not set, and the key that takes the call', async () => {
  await using _gateway = await startInstance('orchestrator', {
    environment: { QUOTA_API_URL: fixture.origin, GROQ_API_KEY_3: 'a-key' },
  })
  const explained = await fixture.run(['explain', 'llama-3.1-8b-instant'])
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

test('an unknown pool names the commands that list and add pools', async () => {
  const { code, err } = await fixture.run(['pools', 'remove', 'nowhere', '--yes'])
  expect([code, err]).toEqual([
    1,
    'quotakeeper: unknown pool "nowhere": "quotakeeper pools list" lists the existing ones; "quotakeeper pools set" or quotakeeper.config.yaml adds one\n',
  ])
})

test('an API whose database cannot be reached ends at once with one line that names host, reason and setting', async () => {
  await using folder = await makeFolder()
  const port = await freePort()
  const ended = await runProgram(process.execPath, [entryOf('api')], {
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

const uncreatable = [
  ['embedded', '/proc/nowhere/data'],
  ['pglite', '/dev/null/data'],
  ['embedded', '/dev/null/data'],
  ['pglite', '/proc/nowhere/data'],
].slice(0, isThorough ? 4 : 2)

test.each(uncreatable)(
  'a data folder that cannot be created is reported at once: %s:%s',
  async (engine, place) => {
    await using folder = await makeFolder()
    const ended = await runProgram(process.execPath, [entryOf('api')], {
      cwd: folder.path,
      env: { QUOTA_API_PORT: '0', QUOTA_DATABASE_URL: `${engine}:${place}` },
    })
    expect(ended.code).toBe(1)
    expect(ended.err).toContain(place)
    expect(ended.err).toContain('QUOTA_DATABASE_URL')
  },
)
