import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, startProcess } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { gatewayFile, startScene } from './cli-process.js'

test('a sound house gets a clean bill; each fault is named with its remedy', async () => {
  await using scene = await startScene({ QUOTA_LOG_LEVEL: 'fatal' })
  await scene.run(['usage', 'record', 'groq_1', '--characters', '500'])
  const port = await freePort()
  const gatewayUrl = `http://127.0.0.1:${port}`
  const doctor = () => scene.run(['doctor', '--gateway-url', gatewayUrl])

  const without = await doctor()
  expect(without.code).toBe(1)
  expect(without.out).toMatch(/^✗ keys: not known\n {2}→ the gateway does not answer at /m)
  expect(without.out).toMatch(/^✓ books: those of 5 providers agree with the ledger$/m)
  expect(without.out).toMatch(/^✓ clock of the database: [+-]\d+ ms from this machine's$/m)

  await using _gateway = await startProcess({
    args: [gatewayFile],
    cwd: scene.folder,
    env: { QUOTA_API_URL: scene.origin, QUOTA_GATEWAY_PORT: String(port), QUOTA_LOG_LEVEL: 'fatal' },
    readyWhen: new URL(`${gatewayUrl}/readyz`),
  })
  const missing = await doctor()
  expect(missing.out).toMatch(/^✗ keys: groq_1 missing, .*\n {2}→ .*GROQ_API_KEY/m)

  await using filed = await startScene(
    { QUOTA_LOG_LEVEL: 'fatal', QUOTA_CONFIG: 'own.yaml' },
    {
      'own.yaml': 'providers: []\n',
    },
  )
  const sound = await filed.run(['doctor', '--gateway-url', gatewayUrl, '--json'])
  expect(JSON.parse(sound.out).findings).toContainEqual({
    about: 'configuration',
    found: 'own.yaml',
    remedy: null,
  })
  await writeFile(join(filed.folder, 'own.yaml'), 'providers: [{ name: a }]\n')
  const wrong = await filed.run(['doctor', '--gateway-url', gatewayUrl])
  expect(wrong.out).toMatch(/^✗ configuration: own.yaml:1:\d+: .*\n {2}→ mend it before the next start/m)
}, 90_000)
