import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroken } from './broken-server.js'
import { type Fixture, startFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
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
    await writeFile(join(guarded.folder, '.env'), '\uFEFFQUOTA_ADMIN_TOKEN=change-it\n')
    expect((await guarded.run(['providers', 'enable', 'groq_1'])).code).toBe(0)
  })

  it.each(['change\nit', 'change it', 'chang€'])(
    'refuses the token %j before it is sent, and never shows it',
    async token => {
      const { code, err } = await fixture.run(['status'], { QUOTA_ADMIN_TOKEN: token })
      expect([code, err]).toEqual([
        2,
        'quotakeeper: QUOTA_ADMIN_TOKEN must contain one token and nothing else\n',
      ])
    },
  )

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
