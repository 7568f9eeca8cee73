import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { follow, type OpenPage, openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture
/** One page goes from place to place, as a person does. */
let open: OpenPage

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
  open = await openPage(context)
  const { client } = fixture
  await client.consumers.upsert.mutate({ name: 'acme' })
  await client.providers.upsert.mutate({ name: 'free', vendor: 'custom' })
  const record = (providerName: string, consumer: string, model: string, requestCount: number) =>
    client.usage.record.mutate({ providerName, consumer, model, requestCount, inputTokenCount: 100 })
  await record('groq_1', 'acme', 'llama', 3)
  await record('groq_1', 'acme', 'gpt', 5)
  await record('groq_2', 'acme', 'llama', 7)
  await record('free', 'website', 'llama', 11)
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

/** The total of the page of calls, and the sum of its rows: requests. */
async function callsOn(page: Page): Promise<readonly [total: number, sumOfRows: number]> {
  const sum = page.getByLabel('Sum of all matching calls')
  await sum.waitFor()
  const numberIn = (text: string | null): number => Number((text ?? '').replaceAll(',', ''))
  const rows = page.locator('main tbody tr')
  await rows.first().waitFor()
  const counts = await rows.evaluateAll(all =>
    all.map(row => row.querySelector('[data-column="Requests"]')?.textContent ?? ''),
  )
  const total = await sum.locator('div', { hasText: 'Requests' }).locator('dd').textContent()
  return [numberIn(total), counts.reduce((rest, text) => rest + numberIn(text), 0)]
}

/** Each sum, where it is shown, and its requests. */
const sums: readonly (readonly [path: string, link: RegExp, requests: number])[] = [
  ['/usage', /^26 requests$/, 26],
  ['/usage?by=hour', /^26 requests$/, 26],
  ['/usage?by=provider', /^8: Requests/, 8],
  ['/usage?by=model', /^21: Requests/, 21],
  ['/usage?by=consumer', /^15: Requests/, 15],
  ['/usage?by=consumer', /^300: Input tokens/, 15],
  ['/providers/groq_1', /^8 requests$/, 8],
  ['/consumers/acme', /^10: Requests/, 10],
  ['/', /^11 requests today$/, 11],
]

test.each(sums)(
  'on %s the sum %s leads to its calls, which have the same total',
  async (path, link, requests) => {
    const { page, faults } = open
    const faultsBefore = faults.length
    await follow(page, `${fixture.origin}${path}`)
    await page.getByRole('link', { name: link }).first().click()
    await page.getByRole('heading', { name: 'Calls' }).waitFor()
    await expect.poll(() => callsOn(page)).toEqual([requests, requests])
    expect(faults.slice(faultsBefore)).toEqual([])
  },
)

test('the calls are filtered further, and the total follows; by state there is none', async () => {
  const { page } = open
  await follow(page, `${fixture.origin}/calls?under=acme`)
  await expect.poll(() => callsOn(page)).toEqual([15, 15])
  await page.getByLabel('Provider').fill('groq_2')
  await expect.poll(() => callsOn(page)).toEqual([7, 7])
  await page.getByLabel('State').selectOption('committed')
  await page.getByLabel('Sum of all matching calls').waitFor({ state: 'detached' })
  await page.getByLabel('Model').fill('nothing')
  await page.getByText('No call matches.').waitFor()
})

test('the calls and linked sums are accessible, in narrow windows too', async () => {
  const { page } = open
  for (const path of [
    '/calls',
    '/usage?by=model',
    '/calls?model=none',
    '/calls?from=2026-02-02&to=2026-02-01',
  ]) {
    await follow(page, `${fixture.origin}${path}`)
    await expect.poll(() => page.getByText(/^Loading/).count()).toBe(0)
    await page.locator('main table, main .empty').first().waitFor()
    await expectStateAccessible(page)
  }
})

test('titles name the page, and its heading has the focus after each navigation', async () => {
  await using own = await openPage(context, fixture.origin)
  const { page } = own
  const titleIs = (title: string) => expect.poll(() => page.title()).toBe(`${title} · Quotakeeper`)
  const focused = () =>
    page.evaluate(() => [document.activeElement?.tagName ?? '', document.activeElement?.textContent ?? ''])
  await page.getByRole('heading', { level: 1 }).waitFor()
  await titleIs('Overview')
  // Of the first page it stays where browsers put it.
  expect((await focused())[0]).toBe('BODY')
  await page.getByRole('link', { name: 'groq_2' }).first().click()
  await titleIs('groq_2')
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  await expect.poll(focused).toEqual(['H1', 'groq_2'])
  await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click()
  await titleIs('Usage')
  await expect.poll(focused).toEqual(['H1', 'Usage'])
  await page.goBack()
  await titleIs('groq_2')
  await expect.poll(focused).toEqual(['H1', 'groq_2'])
  // A filter is no navigation.
  await page.getByLabel('Consumer').fill('acme')
  expect((await focused())[0]).toBe('INPUT')
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click()
  await expect.poll(async () => (await focused())[0]).toBe('H1')
  await page.goto(`${fixture.origin}/requests/none`)
  await titleIs('Request none')
})
