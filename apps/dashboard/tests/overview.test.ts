import { isThorough } from '@quotakeeper/test-kit'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture, startPageProcess } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
  const { client } = fixture
  const record = (providerName: string, characterCount: number) =>
    client.usage.record.mutate({ providerName, characterCount })
  await record('groq_1', 11_520)
  await record('groq_2', 14_400)
  await client.quota.reserve.mutate({ providerName: 'huggingface_1', characterCount: 3_000 })
  await client.providers.setEnabled.mutate({ name: 'huggingface_2', enabled: false })
  await client.signals.observe.mutate({
    providerName: 'groq_3',
    httpStatus: 401,
    headers: {},
    body: { error: { message: 'Invalid API Key', code: 'invalid_api_key' } },
  })
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

test('the overview shows which keys are spent or running low, when they reset, and the total left', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page, faults } = open
  await page.getByRole('heading', { name: '2 of 5 keys have room, 1 is running low' }).waitFor()
  const row = (name: string) => page.locator('.provider', { hasText: name })
  const text = (name: string): Promise<string | null> => row(name).textContent()
  expect(await text('groq_1')).toContain('warning')
  expect(await text('groq_2')).toMatch(/quota spent\s*back (?:tomorrow )?\d\d:\d\d \(in /)
  expect(await text('groq_3')).toMatch(/refused by the vendor\s*retried (?:tomorrow )?\d\d:\d\d/)
  expect(await text('huggingface_2')).toMatch(/disabled\s*until it is enabled/)
  expect(await row('huggingface_1').getByRole('img').getAttribute('aria-label')).toBe(
    '3,000 held, 27,000 left of 30,000 characters a day',
  )
  // (14,400 · 3 + 30,000 · 2 − 25,920) of 103,200, without calls in flight.
  await page.getByText('74 %').waitFor()
  expect(faults).toEqual([])
})

test('the most urgent come first; filters by group and name, and another order', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page } = open
  const names = async (): Promise<readonly string[]> => page.locator('.provider-name').allInnerTexts()
  await page.getByText('quota spent').waitFor()
  // A refused key needs a person, a spent one only time.
  await expect.poll(names).toEqual(['groq_3', 'groq_2', 'huggingface_2', 'groq_1', 'huggingface_1'])
  await page.getByLabel('Order').selectOption('by name')
  await expect.poll(async () => (await names())[0]).toBe('groq_1')
  await page.getByLabel(/Running low/).check()
  await expect.poll(names).toEqual(['groq_1'])
  await page.getByLabel(/All/).check()
  await page.getByLabel('Find a provider').fill('FACE_2')
  await expect.poll(names).toEqual(['huggingface_2'])
  await page.getByLabel('Find a provider').fill('nobody')
  await page.getByText('No provider matches.').waitFor()
})

test('changes are shown without a reload', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page } = open
  await page.getByText('27,000 of 30,000').waitFor()
  await fixture.client.usage.record.mutate({ providerName: 'huggingface_1', characterCount: 1_000 })
  await page.getByText('26,000 of 30,000').waitFor()
})

test.concurrent('while the API is unreachable the last figures stay with their age, and are refreshed afterwards', async () => {
  await using own = await startPageProcess()
  await using open = await openPage(context, own.origin)
  const { page } = open
  await page.getByRole('heading', { name: 'All 5 keys have room' }).waitFor()
  await own.kill()
  await page.getByText(/The API does not answer.*These figures are \d+ s old/).waitFor()
  expect(await page.getByText('14,400 of 14,400').count()).toBe(3)
  await own.restart()
  await page.getByText('The API does not answer').waitFor({ state: 'detached' })
})

/** In `test:fire` more. */
const manyCount = isThorough ? 1_000 : 250

test.concurrent('of many providers only visible ones are rendered, and each can be found', async () => {
  const limits = '{ requests/day: 1000, tokens/minute: 60000 }'
  const providers = Array.from(
    { length: manyCount },
    (_, index) =>
      `  - { name: key_${index}, vendor: custom, baseUrl: "http://127.0.0.1:9/v1", limits: ${limits} }\n`,
  )
  await using own = await startPageFixture({ config: `providers:\n${providers.join('')}` })
  await using open = await openPage(context, own.origin)
  const { page, faults } = open
  await page.getByRole('heading', { name: `All ${manyCount} keys have room` }).waitFor()
  expect(await page.locator('.provider').count()).toBeLessThan(60)
  await page.getByLabel('Find a provider').fill(`key_${manyCount - 1}`)
  await page.getByRole('link', { name: `key_${manyCount - 1}` }).waitFor()
  await page.getByLabel('Find a provider').fill('')
  await page.mouse.move(600, 600)
  await page.mouse.wheel(0, 1_000_000)
  await page.getByRole('link', { name: `key_${manyCount - 1}` }).waitFor()
  expect(faults).toEqual([])
})
