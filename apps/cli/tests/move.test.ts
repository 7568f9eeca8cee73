import { createTestDatabase } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { runCommand, startScene } from './cli-process.js'

test('move carries everything to a server, on which the API goes on', async () => {
  const database = await createTestDatabase()
  await using scene = await startScene({ QUOTA_DATABASE_URL: 'pglite:data', QUOTA_LOG_LEVEL: 'fatal' })
  await scene.run(['usage', 'record', 'groq_1', '--characters', '1000'])
  const move = (env: Readonly<Record<string, string>>, folder = 'data') =>
    runCommand(['move', folder], { cwd: scene.folder, env })
  const env = { QUOTA_DATABASE_URL: database.url }

  expect(await move(env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is in use by another process'),
  })
  await scene.process.stop()
  expect(await move({})).toMatchObject({
    code: 1,
    err: expect.stringContaining('QUOTA_DATABASE_URL must name the server'),
  })
  expect(await move(env, 'nowhere')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no folder nowhere'),
  })

  const moved = await move(env)
  expect(moved).toMatchObject({ code: 0, err: '' })
  expect(moved.out).toMatch(/^usage_attempt +1$/m)
  expect(await move(env)).toMatchObject({ code: 1, err: expect.stringContaining('name an empty database') })

  await using server = await startScene({ ...env, QUOTA_LOG_LEVEL: 'fatal' })
  const { out } = await server.run(['status', '--json'])
  const { providers } = JSON.parse(out)
  expect(
    providers.find((each: { providerName: string }) => each.providerName === 'groq_1').characterCount,
  ).toBe(1_000)
  await server.process.stop()
  await database.drop()
}, 90_000)
