import { startProcess } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { mainFile, startProcessFixture } from './cli-process.js'

test('alerts tail prints alerts as they are raised, survives restarts of the API, and ends by Ctrl-C', async () => {
  await using fixture = await startProcessFixture({ QUOTA_LOG_LEVEL: 'fatal' })
  const cross = (name: string, characters: number) =>
    fixture.run(['usage', 'record', name, '--characters', String(characters)])
  await using tail = await startProcess({
    args: [mainFile, 'alerts', 'tail'],
    cwd: fixture.folder,
    env: { QUOTA_API_URL: fixture.origin, TZ: 'UTC' },
    readyWhen: /Following the alerts of/,
  })
  // The subscription starts slightly after connecting; until then, crosses thresholds again.
  await expect
    .poll(async () => {
      await cross('groq_1', 11_520)
      await fixture.run(['usage', 'reset', 'groq_1', '--yes'])
      return tail.output()
    })
    .toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}warning {3}provider groq_1: 80% of characters\/day is used \(11520 of /m,
    )
  await fixture.restart()
  await tail.waitForOutput(/does not answer; trying again/)
  await tail.waitForOutput(/The API is back/)
  await cross('groq_2', 14_400)
  await tail.waitForOutput(/error {5}QUOTA EXCEEDED: provider groq_2: 100% of characters\/day/)
  expect((await tail.kill('SIGINT')).code).toBe(0)
})
