import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { type GatewayFixture, startGatewayFixture } from './gateway-fixture.js'
import { openPage, startPageFixture } from './page-fixture.js'

const run = promisify(execFile)
const key = 'gsk-planted-first-run'
const model = 'llama-3.1-8b-instant'

let context: BrowserContext
let fixture: GatewayFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([
    startContext(),
    startGatewayFixture({ apiKeys: [key, `${key}-2`], models: [model] }),
  ])
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true })

test('from nothing to a routed call and a spent key, without leaving the page', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page, faults } = open
  const card = page.getByRole('region', { name: 'Make the first call' })
  const done = card.locator('[data-done=true]')
  await card.waitFor()
  await page.getByRole('heading', { name: 'No keys yet' }).waitFor()
  expect(await done.count()).toBe(0)
  await card.getByRole('link', { name: 'Enter one here' }).click()
  const form = page.getByRole('form', { name: 'Add a key' })
  await form.getByLabel('Key', { exact: true }).fill(key)
  await form.getByRole('button', { name: 'Check and add' }).click()
  await form.getByText('groq_1 is added.').waitFor()
  await link(page, 'Overview').click()
  await card.getByText('groq_1 can be used.').waitFor()
  await card.getByRole('button', { name: 'Check groq_1' }).click()
  await card.getByText('The vendor accepts it.').waitFor()
  await expect.poll(() => done.count()).toBe(2)
  // The text is a call of this gateway for a model that it serves.
  await card.getByText(`${fixture.gatewayOrigin}/v1/chat/completions`).waitFor()
  await card.getByLabel('TypeScript').check()
  await card.getByText(`baseURL: "${fixture.gatewayOrigin}/v1"`).waitFor()
  await card.getByLabel('Python').check()
  await card.getByText(`base_url="${fixture.gatewayOrigin}/v1"`).waitFor()
  await card.getByLabel('curl').check()
  await expect.poll(() => card.locator('pre').textContent()).toContain(model)
  const { stdout } = await run('sh', ['-c', (await card.locator('pre').textContent()) ?? ''])
  expect(JSON.parse(stdout).choices[0].message.content).toBe('The stand-in answers.')
  const routed = page.getByRole('region', { name: 'The first call is routed' })
  await routed.getByText('groq_1 has served it.').waitFor()
  await routed.getByRole('button', { name: 'Close' }).click()
  await routed.waitFor({ state: 'detached' })

  await link(page, 'Keys').click()
  await form.getByRole('combobox', { name: 'Vendor' }).selectOption('Groq')
  await form.getByLabel('Name').fill('small')
  await form.getByLabel('Key', { exact: true }).fill(`${key}-2`)
  await form.getByLabel('my own').check()
  await form.getByLabel('At most').fill('1')
  await form.getByLabel('no: it has a quota of its own').check()
  await form.getByRole('button', { name: 'Check and add' }).click()
  await form.getByText('small is added.').waitFor()
  await link(page, 'Try').click()
  const call = page.getByRole('form', { name: 'The call' })
  await call.getByLabel('Model').fill(`small/${model}`)
  await expect
    .poll(async () => {
      const { providerName } = (await fixture.client.keys.list.query()).find(
        ({ providerName, reason }) => providerName === 'small' && reason === null,
      ) ?? { providerName: null }
      return providerName
    })
    .toBe('small')
  await call.getByRole('button', { name: 'Call' }).click()
  await call.getByText('The stand-in answers.').waitFor()
  const trace = page.getByRole('region', { name: 'Its trace' })
  await trace.getByText(/was served by small/).waitFor()
  await call.getByRole('button', { name: 'Call' }).click()
  await call.getByText(/^Refused \(HTTP 429\)/).waitFor()
  await trace.getByText(/^small: requests\/day has no room/).waitFor()
  await link(page, 'Overview').click()
  await page.locator('.provider', { hasText: 'small' }).getByText('quota spent').waitFor()
  expect(fixture.output()).not.toContain('planted')
  expect(faults).toEqual([])
})

test('once there was a call, the overview asks neither for the steps nor for the gateway', async () => {
  await using open = await openPage(context, fixture.origin)
  // As for somebody else, who has closed no card.
  await open.page.evaluate(() => localStorage.clear())
  await open.page.goto(`${fixture.origin}/keys`)
  const asked: string[] = []
  open.page.on('request', request => asked.push(request.url()))
  const count = (procedure: string): number => asked.filter(url => url.includes(procedure)).length
  await link(open.page, 'Overview').click()
  await expect.poll(() => count('stats.all')).toBeGreaterThan(2)
  expect([count('requests.list'), count('gateway.get')]).toEqual([1, 0])
})

test('the first-run card and the test call are accessible', async () => {
  await using own = await startGatewayFixture({ apiKeys: [], environment: { GROQ_API_KEY: 'gsk-revoked' } })
  await using open = await openPage(context, own.origin)
  const { page } = open
  const card = page.getByRole('region', { name: 'Make the first call' })
  await card.getByRole('button', { name: 'Check groq_1' }).click()
  await card.getByText('The vendor refuses the key (HTTP 401)').waitFor()
  await expectStateAccessible(page)
  await card.getByRole('button', { name: 'Hide' }).click()
  await card.waitFor({ state: 'detached' })
  await page.goto(`${own.origin}/try`)
  const call = page.getByRole('form', { name: 'The call' })
  await call.getByLabel('Model').fill('groq_1/m')
  await call.getByRole('button', { name: 'Call' }).click()
  await call.getByText(/^Refused \(HTTP \d+\)/).waitFor()
  await page.getByRole('region', { name: 'Its trace' }).getByRole('heading', { name: 'Charged' }).waitFor()
  await expectStateAccessible(page)
  await page.goto(own.origin)
  await page.getByRole('heading', { name: /key/ }).first().waitFor()
  expect(await card.count()).toBe(0)
})

test('without a gateway the page says how to reach it', async () => {
  await using own = await startPageFixture({ environment: { QUOTA_GATEWAY_URL: 'http://127.0.0.1:9' } })
  await using open = await openPage(context, `${own.origin}/try`)
  await open.page
    .getByRole('alert')
    .getByText('does not answer at http://127.0.0.1:9: start it, or set QUOTA_GATEWAY_URL')
    .waitFor()
})
