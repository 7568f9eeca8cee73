import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './axe.js'
import { startBrowser, startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

const dayMs = 86_400_000
const dayAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
  const { client } = fixture
  await client.providers.upsert.mutate({ name: 'one', vendor: 'custom' })
  await client.providers.upsert.mutate({ name: 'two', vendor: 'custom' })
  const record = (providerName: string, requestCount: number, daysAgo: number) =>
    client.usage.record.mutate({
      ...{ providerName, requestCount },
      // At noon, so that it is the same day while the test runs.
      ...(daysAgo === 0 ? {} : { occurredAt: `${dayAgo(daysAgo)}T12:00:00Z` }),
    })
  await record('one', 30, 0)
  await record('two', 12, 0)
  await record('one', 5, 1)
  await record('two', 20, 30)
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

/** What the chart's slider says, to screen readers and below the chart. */
async function said(page: Page): Promise<string> {
  const slider = page.getByRole('slider', { name: 'Point in time' }).first()
  const text = (await slider.getAttribute('aria-valuetext')) ?? ''
  expect(await page.locator('.chart-values').first().textContent()).toBe(text)
  return text
}

test('values are read by arrow keys and by the pointer, and the zone is named', async () => {
  await using open = await openPage(context, `${fixture.origin}/usage`)
  const { page, faults } = open
  await page.getByText('Days of each provider, in its own time zone.').waitFor()
  const slider = page.getByRole('slider', { name: 'Point in time' })
  await expect.poll(() => said(page)).toBe(`${dayAgo(0)}: 42 requests`)
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => said(page)).toBe(`${dayAgo(1)}: 5 requests`)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => said(page)).toBe(`${dayAgo(2)}: 0 requests`)
  await page.keyboard.press('End')
  await expect.poll(() => said(page)).toBe(`${dayAgo(0)}: 42 requests`)
  const box = await page.locator('.chart .u-over').boundingBox()
  if (box === null) throw new Error('the chart is drawn')
  // Thirty bars: the middle of the last but one.
  await page.mouse.move(box.x + (box.width * 28.5) / 30, box.y + box.height / 2)
  await expect.poll(() => said(page)).toBe(`${dayAgo(1)}: 5 requests`)
  await page.mouse.move(0, 0)
  await expect.poll(() => said(page)).toBe(`${dayAgo(0)}: 42 requests`)
  expect(faults).toEqual([])
})

test('bars are stacked and stand beside the period before, in narrow windows too', async () => {
  await using open = await openPage(context, `${fixture.origin}/usage`)
  const { page, faults } = open
  await page.getByLabel('Stacked').selectOption('provider')
  const legend = page.locator('.chart-legend')
  await expect.poll(() => legend.getByRole('listitem').allTextContents()).toEqual(['one', 'two'])
  await expect.poll(() => said(page)).toBe(`${dayAgo(0)}: 42 requests; one 30, two 12`)
  await page.getByLabel('beside the period before').check()
  await page.getByText('135 % more than in the period before, which had 20.').waitFor()
  await expect
    .poll(() => said(page))
    .toBe(`${dayAgo(0)}: 42 requests; one 30, two 12; 20 in the period before`)
  await expectAccessible(page)
  expect(faults).toEqual([])
})

test('a reader in another zone sees a provider’s day from its start, in their own time', async () => {
  await fixture.client.providers.upsert.mutate({ name: 'far', vendor: 'custom', timeZone: '+05:30' })
  await fixture.client.usage.record.mutate({ providerName: 'far', requestCount: 3 })
  await using open = await openPage(await startBrowser(), `${fixture.origin}/providers/far`, {
    timezoneId: 'Asia/Tokyo',
  })
  const { page } = open
  await page.getByText('The provider’s days, from 00:00 in +05:30.').waitFor()
  await page.getByText('From the start of the provider’s day. Times in Asia/Tokyo.').waitFor()
  const hours = page.getByRole('slider', { name: 'Point in time' }).nth(1)
  await hours.focus()
  await page.keyboard.press('Home')
  // Midnight there is 03:30 in Tokyo.
  await expect.poll(() => hours.getAttribute('aria-valuetext')).toMatch(/^03:30: \d requests$/)
  await page.keyboard.press('End')
  // Of the current hour, unless it has ended meanwhile.
  await expect.poll(() => hours.getAttribute('aria-valuetext')).toMatch(/:30: [03] requests$/)
  const sinceMs = (Date.now() + 5.5 * 3_600_000) % dayMs
  expect(Number(await hours.getAttribute('max'))).toBeLessThanOrEqual(Math.ceil(sinceMs / 3_600_000))
})
