import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createTestDatabase, isThorough } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { mainFile, runCommand, startProcessFixture } from './cli-process.js'

// PGlite takes twice as long, and is moved to a server in the tests of the database, too.
test.each(isThorough ? ['embedded:data', 'pglite:data'] : ['embedded:data'])(
  'move copies everything of %s to a server, on which the API continues',
  async databaseUrl => {
    const database = await createTestDatabase()
    await using fixture = await startProcessFixture({
      QUOTA_DATABASE_URL: databaseUrl,
      QUOTA_LOG_LEVEL: 'fatal',
    })
    await fixture.run(['usage', 'record', 'groq_1', '--characters', '1000'])
    const move = (env: Readonly<Record<string, string>>, folder = 'data') =>
      runCommand(['move', folder], { cwd: fixture.folder, env })
    const env = { QUOTA_DATABASE_URL: database.url }

    expect(await move(env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is in use by another process'),
    })
    await fixture.stop()
    expect(await move({})).toMatchObject({
      code: 1,
      err: expect.stringContaining('QUOTA_DATABASE_URL must name the server'),
    })
    expect(await move(env, 'nowhere')).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no folder nowhere'),
    })
    expect(await move({ QUOTA_DATABASE_URL: 'postgres://quota:secret@127.0.0.1:9/x' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^quotakeeper move: the database at 127\.0\.0\.1:9 cannot be reached: .*\n$/,
      ),
    })

    const moved = await move(env)
    expect(moved).toMatchObject({ code: 0, err: '' })
    expect(moved.out).toMatch(/^usage_attempt +1$/m)
    expect(await move(env)).toMatchObject({ code: 1, err: expect.stringContaining('name an empty database') })

    await using server = await startProcessFixture({ ...env, QUOTA_LOG_LEVEL: 'fatal' })
    const { out } = await server.run(['status', '--json'])
    const { providers } = JSON.parse(out)
    expect(
      providers.find((each: { providerName: string }) => each.providerName === 'groq_1').characterCount,
    ).toBe(1_000)
    await server.stop()
    await database.drop()
  },
)

test.runIf(isThorough)(
  'an interrupted move shows its progress, leaves nothing behind, and can be repeated',
  async () => {
    const database = await createTestDatabase()
    // Not PGlite, in which the same calls take ten times as long.
    await using fixture = await startProcessFixture({
      QUOTA_DATABASE_URL: 'embedded:data',
      QUOTA_LOG_LEVEL: 'fatal',
    })
    const rows = 8_000
    await recordMany(fixture.origin, rows)
    await fixture.stop()
    const env = { QUOTA_DATABASE_URL: database.url }
    const child = spawn('script', ['-qec', `node ${mainFile} move data`, '/dev/null'], {
      cwd: fixture.folder,
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
      timeout: 250_000,
    })
    let shown = ''
    const ended = once(child, 'close')
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // It has started: press Ctrl-C.
      if (!shown.includes('of 8') && text.includes('of 8')) child.stdin.write('\u0003')
      shown += text
    })
    const [code] = await ended
    expect(shown).toMatch(/█*░+ {2}\d+ of 80\d\d rows/)
    expect(shown).toContain('interrupted: the server and the folder are unchanged')
    expect(code).toBe(130)

    const again = await runCommand(['move', 'data'], { cwd: fixture.folder, env })
    expect(again).toMatchObject({ code: 0, err: '' })
    expect(again.out).toMatch(new RegExp(`^usage_attempt +${rows}$`, 'm'))
    await database.drop()
  },
)

/** Records calls, a hundred per request. */
async function recordMany(origin: string, rows: number): Promise<void> {
  const paths = Array.from({ length: 100 }, () => 'usage.record').join(',')
  const inputs = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [index, { providerName: 'groq_1' }]),
  )
  for (let done = 0; done < rows; done += 100) {
    const response = await fetch(`${origin}/trpc/${paths}?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(inputs),
    })
    expect(response.status).toBe(200)
  }
}
