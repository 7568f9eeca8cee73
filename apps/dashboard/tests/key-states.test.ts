import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { type GatewayFixture, startGatewayFixture } from './gateway-fixture.js'
import { follow, openPage } from './page-fixture.js'

let context: BrowserContext
let fixture: GatewayFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([
    startContext(),
    startGatewayFixture({
      apiKeys: ['gsk-good'],
      environment: { GROQ_API_KEY: 'gsk-good', HF_TOKEN: 'hf-revoked' },
    }),
  ])
  const response = await fetch(`${fixture.gatewayOrigin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'huggingface_1/m', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  expect(response.status).not.toBe(200)
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

test('providers without a key count in no headline; a refused key is shown with cause and remedy', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page, faults } = open
  await page.getByRole('heading', { name: '1 of 2 keys has room' }).waitFor()
  const row = (name: string) => page.locator('.provider', { hasText: name })
  const remedy = 'the vendor refuses calls for lack of a valid key (HTTP 401): set one'
  await row('huggingface_1').getByText(remedy).waitFor()
  expect(await row('huggingface_1').getAttribute('data-tone')).toBe('refused')
  expect(await row('groq_2').textContent()).toMatch(/sample\s*no key\s*set GROQ_API_KEY_2 for the gateway/)
  // With a key it is no sample any more.
  expect(await row('groq_1').textContent()).not.toContain('sample')
  await page.getByLabel(/No key/).check()
  await expect
    .poll(() => page.locator('.provider-name').allInnerTexts())
    .toEqual(['groq_2', 'groq_3', 'huggingface_2'])
  await follow(page, `${fixture.origin}/providers/huggingface_1`)
  await page.getByText(remedy).waitFor()
  await follow(page, `${fixture.origin}/providers/groq_2`)
  await page.getByText('set GROQ_API_KEY_2 for the gateway, or enter a key').waitFor()
  expect(faults).toEqual([])
})

test('pages are accessible where keys are missing or refused', async () => {
  await using open = await openPage(context)
  for (const path of ['/', '/providers/huggingface_1', '/providers/groq_2']) {
    await follow(open.page, `${fixture.origin}${path}`)
    await open.page.getByRole('link', { name: 'Keys', exact: true }).nth(1).waitFor()
    await expectStateAccessible(open.page)
  }
})

test('a provider is removed after confirmation, and its history stays', async () => {
  await fixture.client.providers.upsert.mutate({ name: 'spare', vendor: 'openai', limits: [] })
  await fixture.client.usage.record.mutate({ providerName: 'spare', characterCount: 1 })
  await using open = await openPage(context, `${fixture.origin}/providers/spare`)
  const { page } = open
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog', { name: 'Remove spare?' }).getByRole('button', { name: 'Remove' }).click()
  await page.getByText('spare is removed.').waitFor()
  await page.getByRole('heading', { level: 1, name: /key/ }).waitFor()
  const { rows } = await fixture.client.providers.list.query({ pageSize: 100 })
  expect(rows.map(({ name }) => name)).not.toContain('spare')
  expect((await fixture.client.usage.ledger.query({ providerName: 'spare' })).rows).toHaveLength(1)
})
