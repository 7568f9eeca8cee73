import { startVendorStandIn } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { slowly } from './fixture.js'
import { statusOfHello } from './say-hello.js'
import { startTestApi } from './test-api.js'
import { startGateway } from './test-gateway.js'

const first = 'sk-planted-dotenv-55f1'
const second = 'sk-planted-dotenv-after-90b3'

test('keys that are added to and removed from .env are used without a restart, all or nothing', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: [first, second] })
  const provider = (name: string): string =>
    `  - { name: ${name}, vendor: openai, baseUrl: "${vendor.baseUrl}" }\n`
  await using api = await startTestApi({
    config: `providers:\n${provider('openai_1')}${provider('openai_2')}`,
  })
  await using gateway = await startGateway({ QUOTA_API_URL: api.origin, QUOTA_LOG_LEVEL: 'debug' })
  const status = (name: string) => () => statusOfHello(gateway, `${name}/m`)
  expect(await status('openai_1')()).toBe(503)

  await gateway.setDotenv(`OPENAI_API_KEY=${first}\n`)
  await expect.poll(status('openai_1'), slowly).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${first}`)

  // The second line has a fault: neither the first nor the third is applied.
  await gateway.setDotenv(`OPENAI_API_KEY=\nOPENAI_API_KEY_2 ${second}\nOPENAI_API_KEY_2=${second}\n`)
  await gateway.process.waitForOutput(/\.env:2: must be NAME=value/)
  expect([await status('openai_1')(), await status('openai_2')()]).toEqual([200, 503])

  await gateway.setDotenv(`OPENAI_API_KEY_2=${second}\nQUOTA_GATEWAY_TOKEN=not-yet\n`)
  await expect.poll(status('openai_2'), slowly).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${second}`)
  expect(await status('openai_1')()).toBe(503)
  await gateway.process.waitForOutput(/"variables":\["QUOTA_GATEWAY_TOKEN"\].*applied at the next start/)
  await expect
    .poll(async () =>
      (await api.client.keys.list.query()).map(({ providerName, reason }) => [providerName, reason]),
    )
    .toEqual([
      ['openai_1', 'OPENAI_API_KEY is not set'],
      ['openai_2', null],
    ])
  for (const secret of ['sk-planted', 'not-yet']) expect(gateway.process.output()).not.toContain(secret)
})

test('a variable of the process takes precedence over a changed .env', async () => {
  await using vendor = await startVendorStandIn({ apiKeys: [first] })
  const settings = `name: openai_1, vendor: openai, baseUrl: "${vendor.baseUrl}"`
  await using api = await startTestApi({ config: `providers:\n  - { ${settings} }\n` })
  await using gateway = await startGateway({ QUOTA_API_URL: api.origin, OPENAI_API_KEY: first })
  await gateway.setDotenv(`OPENAI_API_KEY=${second}\nMISTRAL_API_KEY=${second}\n`)
  await gateway.process.waitForOutput(/"variables":\["MISTRAL_API_KEY"\].*changed variables are applied/)
  expect(await statusOfHello(gateway, 'openai_1/m')).toBe(200)
  expect(vendor.calls.at(-1)?.headers['authorization']).toBe(`Bearer ${first}`)
})
