import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

test('a key is disabled by keyboard after confirmation, and focus returns', async () => {
  await using open = await openPage(context, `${fixture.origin}/`)
  const { page } = open
  await page.getByRole('link', { name: 'groq_1' }).waitFor()
  await page.keyboard.press('Tab')
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  await expect.poll(focused).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'groq_1' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Disable' }).focus()
  await page.keyboard.press('Enter')
  const question = page.getByRole('dialog', { name: 'Disable groq_1?' })
  await question.waitFor()
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  await expect.poll(focused).toBe('Disable')
  expect((await fixture.client.providers.get.query({ name: 'groq_1' })).enabled).toBe(true)

  await page.keyboard.press('Enter')
  await question.getByRole('button', { name: 'Disable' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('groq_1 is disabled.').waitFor()
  await page.getByText('until it is enabled').waitFor()
  expect((await fixture.client.providers.get.query({ name: 'groq_1' })).enabled).toBe(false)
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
  await page.getByText('available', { exact: true }).waitFor()
  // Changes with their actors, newest first.
  await page.getByText(/: the API enabled it$/).waitFor()
  expect(await page.getByText(/: the API disabled it$/).count()).toBe(1)
})

test('limits are edited; invalid input is reported and not saved', async () => {
  await using open = await openPage(context, `${fixture.origin}/providers/groq_2`)
  const { page } = open
  await page.getByRole('button', { name: 'Edit limits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of groq_2' })
  await dialog.getByLabel('At most').fill('many')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('Limit 1: "at most" must be a whole number').waitFor()
  await dialog.getByLabel('At most').fill('20000')
  await dialog.getByRole('button', { name: 'Add a limit' }).click()
  const second = dialog.getByRole('group', { name: 'Limit 2' })
  await second.getByLabel('At most').fill('2.50')
  await second.getByRole('combobox').first().selectOption('cost')
  await second.getByRole('combobox').last().selectOption('month')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('The limits of groq_2 are saved.').waitFor()
  const { limits } = await fixture.client.providers.get.query({ name: 'groq_2' })
  expect(limits).toMatchObject([
    { id: 'characters/day', max: 20_000 },
    { id: 'cost/month', metric: 'cost', max: 2_500_000 },
  ])
})

test('saved limits bring back no provider that somebody else has removed meanwhile', async () => {
  const { client } = fixture
  await client.providers.upsert.mutate({ name: 'short', vendor: 'custom', limits: [] })
  await using open = await openPage(context, `${fixture.origin}/providers/short`)
  const { page } = open
  await page.getByRole('button', { name: 'Edit limits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of short' })
  await dialog.getByRole('button', { name: 'Add a limit' }).click()
  await dialog.getByLabel('At most').fill('5')
  await page.route(/providers\.upsert/, async route => {
    await client.providers.remove.mutate({ name: 'short' })
    await route.continue()
  })
  const saved = page.waitForResponse(/providers\.upsert/)
  await dialog.getByRole('button', { name: 'Save' }).click()
  expect(await (await saved).text()).toContain('UNKNOWN_PROVIDER')
  const { rows } = await client.providers.list.query()
  expect(rows.map(({ name }) => name)).not.toContain('short')
})

test('saved limits replace none that somebody else has saved while they were edited', async () => {
  const { client } = fixture
  await client.providers.upsert.mutate({ name: 'shared', vendor: 'custom', limits: [] })
  await using open = await openPage(context, `${fixture.origin}/providers/shared`)
  const { page } = open
  await page.getByRole('button', { name: 'Edit limits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of shared' })
  await dialog.getByRole('button', { name: 'Add a limit' }).click()
  await dialog.getByLabel('At most').fill('5')
  await client.providers.upsert.mutate({
    name: 'shared',
    limits: [{ metric: 'requests', window: 'day', max: 7 }],
  })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('was changed since it was read').waitFor()
  const { limits } = await client.providers.get.query({ name: 'shared' })
  expect(limits.map(({ max }) => max)).toEqual([7])
  await client.providers.remove.mutate({ name: 'shared' })
})

test('today’s usage is reset, a refused key retried, a test alert sent', async () => {
  await fixture.client.usage.record.mutate({ providerName: 'groq_3', characterCount: 14_400 })
  await fixture.client.signals.observe.mutate({
    providerName: 'groq_3',
    httpStatus: 402,
    headers: {},
    body: {},
  })
  await using open = await openPage(context, `${fixture.origin}/providers/groq_3`)
  const { page } = open
  await page.getByText('refused by the vendor').waitFor()
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry now' }).click()
  await page.getByText('quota spent').waitFor()
  await page.getByRole('button', { name: 'Reset today' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset today' }).click()
  await page.getByText('available', { exact: true }).waitFor()
  expect((await fixture.client.stats.get.query({ providerName: 'groq_3' })).characterCount).toBe(0)
  await page.getByRole('link', { name: 'Alerts', exact: true }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send it' }).click()
  await page.getByRole('status').getByText('No receivers are configured').waitFor()
})
