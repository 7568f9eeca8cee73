import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fixture, makeFolder, startFixture } from './cli-process.js'

let fixture: Fixture

beforeAll(async () => {
  fixture = await startFixture()
})

afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

it('lists raised alerts', async () => {
  await fixture.run(['usage', 'record', 'huggingface_1', '--characters', '31000'])
  const { out } = await fixture.run(['alerts', 'list', '--severity', 'error', '--json'])
  expect(JSON.parse(out)).toMatchObject([{ subject: { name: 'huggingface_1' }, thresholdPercent: 100 }])
  expect((await fixture.run(['alerts', 'list'])).out).toMatch(/error +huggingface_1 +characters\/day +100 %/)
})

it('names every kind of alert in the help of its severity', async () => {
  const { out } = await fixture.run(['alerts', 'list', '--help'])
  const words = out.replaceAll(/\s+/g, ' ')
  expect(words).toContain('error, the worst (from 100 %, a refused key, or an implausible count)')
  expect(words).toContain('warning (below 90 %, or a key used elsewhere)')
})

it('reports that a test of alerts has no receivers', async () => {
  const { code, out, err } = await fixture.run(['alerts', 'test'])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/No receivers/)
})

it('reports which receivers a test of alerts reached', async () => {
  const bodies: string[] = []
  const receiver = createServer((request, response) => {
    request.on('data', chunk => bodies.push(String(chunk))).on('end', () => response.writeHead(200).end('ok'))
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const address = receiver.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/hook`
  await using folder = await makeFolder()
  const config = join(folder.path, 'alerts.yaml')
  await writeFile(config, 'alerts: { send: [{ slack: { urlEnv: HOOK_URL } }] }\n')
  await using filed = await startFixture({ QUOTA_CONFIG: config, HOOK_URL: url })
  const { code, out } = await filed.run(['alerts', 'test'])
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^✓ .*slack/) })
  expect(bodies.join('')).toContain('alerts reach this receiver')
  receiver.close()
})
