import { randomUUID } from 'node:crypto'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible } from './axe.js'
import { startContext } from './browser.js'
import { follow, type OpenPage, openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
  const { client } = fixture
  const call = { providerName: 'groq_1', model: 'llama-3.1-8b-instant', consumer: 'website' }
  const held = await client.quota.acquire.mutate({
    candidates: [{ providerName: 'groq_1', model: call.model }],
    characterCount: 12_000,
    requestId: 'req_1',
    consumer: 'website',
  })
  if (held.decision !== 'granted') throw new Error('a fresh key has room')
  await client.quota.commit.mutate({ reservationId: held.reservationId, characterCount: 11_600 })
  await client.usage.record.mutate({ ...call, characterCount: 10, requestCount: 3, consumer: 'research' })
  await client.performance.report.mutate({
    ...{ reporter: randomUUID(), number: 1 },
    calls: [
      {
        ...{ hourStart: `${new Date().toISOString().slice(0, 13)}:00:00.000Z`, providerName: 'groq_1' },
        ...{ model: call.model, consumer: 'website', isOther: false, answeredCount: 3, refusedCount: 1 },
        ...{ failedCount: 0, abortedCount: 0, turnedAwayCount: 0 },
        ...{ durations: [...Array<number>(26).fill(0), 3], firstTokens: [3] },
      },
    ],
  })
  const trace = {
    at: new Date().toISOString(),
    model: call.model,
    strategy: 'most-remaining',
    isStream: false,
    waitedMs: 0,
    durationMs: 12,
  }
  await client.requests.report.mutate({
    traces: [
      {
        ...trace,
        requestId: 'req_1',
        outcome: 'answered',
        httpStatus: 200,
        code: '',
        providerName: 'groq_1',
        attempts: [{ providerName: 'groq_1', model: call.model, httpStatus: 200, ending: 'answered' }],
        skipped: [],
      },
      {
        ...trace,
        requestId: 'req_2',
        outcome: 'refused',
        httpStatus: 429,
        code: 'quota_exhausted',
        providerName: '',
        attempts: [],
        skipped: [
          {
            providerName: 'groq_2',
            model: call.model,
            reasons: [{ code: 'exhausted', limitId: 'characters/day', retryAt: '2026-11-26T00:00:00.000Z' }],
          },
        ],
      },
    ],
  })
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

const places = [
  ['/', 'keys have room'],
  ['/providers/groq_1', 'Latest calls'],
  ['/requests', 'req_'],
  ['/requests/req_2', 'Skipped'],
  ['/usage', 'By day'],
  ['/performance', 'What these figures mean'],
  ['/alerts', 'characters/day'],
  ['/keys', 'Keys in use'],
  ['/routing', 'Order of providers'],
  ['/try', 'The call'],
  ['/nowhere', 'Page not found'],
  ['/providers/nobody', 'Unknown provider'],
  ['/requests/nobody', 'not found'],
] as const

/** Text that shows that a page is loaded. */
const marks: Readonly<Record<string, string>> = { '/requests': 'quota exhausted' }

describe('in light and dark colours, narrow and wide', () => {
  // One page goes from place to place, as a person does.
  let open: OpenPage
  beforeAll(async () => {
    open = await openPage(context)
  })
  afterAll(() => open?.[Symbol.asyncDispose]())

  test.each(places)('%s fits, is accessible, and does not violate its policy', async (path, mark) => {
    const { page, faults } = open
    const faultsBefore = faults.length
    await follow(page, `${fixture.origin}${path}`)
    await page
      .getByText(marks[path] ?? mark)
      .first()
      .waitFor()
    await expectAccessible(page)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    // Regression: the column with a limit's measure, the narrowest, was broken within words.
    await page.setViewportSize({ width: 360, height: 740 })
    const lines = await page
      .locator('.limit-table .limit-name')
      .evaluateAll(names => names.map(name => Math.round(name.clientHeight / 21)))
    expect(lines.filter(count => count > 2)).toEqual([])
    // Chromium also reports what the API rightly does not find.
    expect(faults.slice(faultsBefore).filter(fault => !/status of 404 .*nobody/.test(fault))).toEqual([])
  })
})

test('a request explains why keys were skipped, and what it spent', async () => {
  await using open = await openPage(context, `${fixture.origin}/requests`)
  const { page } = open
  await page
    .getByRole('row', { name: /quota exhausted/ })
    .getByRole('link')
    .click()
  await page.getByText(/^groq_2: characters\/day has no room, back /).waitFor()
  await page.getByText('No vendor was called.').waitFor()
  await page.getByRole('link', { name: 'Requests' }).first().click()
  await page
    .getByRole('row', { name: /answered/ })
    .getByRole('link')
    .click()
  await page.getByRole('cell', { name: '11,600' }).waitFor()
})

test('usage is summed by consumer, and can be downloaded', async () => {
  await using open = await openPage(context, `${fixture.origin}/usage`)
  const { page } = open
  await page.getByText('By day').waitFor()
  await page.getByLabel('Consumer', { exact: true }).check()
  const cells = page.getByRole('row', { name: /research/ }).getByRole('cell')
  await expect.poll(() => cells.allTextContents()).toEqual(['3', '10', '0', '0', '$0.00'])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as CSV' }).click(),
  ])
  const stream = await download.createReadStream()
  let csv = ''
  for await (const piece of stream) csv += piece
  expect(csv).toContain('research')
})

/** Whether the table is filtered: its header and at least one row, but not all rows. */
const isSome = (rows: number, all: number): boolean => rows > 1 && rows < all

test('a provider shows its limits, days and calls; an unknown one is reported', async () => {
  await using open = await openPage(context, `${fixture.origin}/providers/groq_1`)
  const { page } = open
  await page.getByRole('row', { name: /characters a day/ }).waitFor()
  await page.getByText('Last 30 days: 4 requests').waitFor()
  await page.getByRole('cell', { name: 'website' }).waitFor()
  await page.getByRole('cell', { name: '80 %' }).waitFor()
  const calls = page.getByRole('region', { name: 'Latest calls' })
  const rowsOf = (count: number) => expect.poll(() => calls.getByRole('row').count()).toBe(count)
  const all = await calls.getByRole('row').count()
  expect(all).toBeGreaterThan(2)
  await calls.getByLabel('Consumer').fill('website')
  // While loading there are none.
  await expect.poll(async () => isSome(await calls.getByRole('row').count(), all)).toBe(true)
  await calls.getByLabel('State').selectOption('released')
  await calls.getByText('No call matches.').waitFor()
  await rowsOf(0)
  await calls.getByLabel('State').selectOption('')
  await calls.getByLabel('Consumer').fill('')
  await rowsOf(all)
  await page.goto(`${fixture.origin}/providers/nobody`)
  await page.getByText('Unknown provider nobody.').waitFor()
})

test('a provider with unlisted models shows how many, and where to list them', async () => {
  const { client } = fixture
  const limit = { metric: 'requests', window: 'day', max: 9, model: '*', per: 'model' } as const
  await client.providers.upsert.mutate({ name: 'many', vendor: 'custom', limits: [limit] })
  const record = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        client.usage.record.mutate({ providerName: 'many', model: `m${index}` }),
      ),
    )
  const address = `${fixture.origin}/providers/many`
  await record(100)
  const note = 'more models are counted but not listed here: see qk status --models many.'
  {
    await using opened = await openPage(context, address)
    await opened.page.getByText('m99').first().waitFor()
    expect(await opened.page.getByText('are counted but not listed').count()).toBe(0)
  }
  await record(107)
  await using opened = await openPage(context, address)
  await opened.page.getByText(`7 ${note}`).waitFor()
  expect(opened.faults).toEqual([])
  await client.providers.remove.mutate({ name: 'many' })
})

test('an unknown path shows an error page to people, and a problem to programs', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page } = open
  const answer = await page.goto(`${fixture.origin}/nowhere/at-all`)
  expect(answer?.status()).toBe(404)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  for (const path of ['/nowhere', '/api/v1/nowhere', '/trpc/nowhere']) {
    const { status, headers } = await fetch(`${fixture.origin}${path}`)
    expect([path, status, headers.get('content-type')]).toEqual([path, 404, expect.stringContaining('json')])
  }
})

test('a request is found by any id', async () => {
  const requestId = '50% off/now?'
  await fixture.client.requests.report.mutate({
    traces: [
      {
        requestId,
        at: new Date().toISOString(),
        model: 'named-oddly',
        outcome: 'aborted',
        httpStatus: null,
        code: '',
        providerName: '',
        strategy: 'most-remaining',
        isStream: false,
        waitedMs: 0,
        durationMs: 1,
        attempts: [],
        skipped: [],
      },
    ],
  })
  await using open = await openPage(context, `${fixture.origin}/requests`)
  const { page, faults } = open
  await page
    .getByRole('row', { name: /named-oddly/ })
    .getByRole('link')
    .click()
  await page.getByRole('heading', { name: 'named-oddly' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'named-oddly' }).waitFor()
  expect(faults).toEqual([])
})

test('if a page fails, the navigation stays usable', async () => {
  await using open = await openPage(context)
  const { page } = open
  const broken = { result: { data: { providers: [{}], totals: [] } } }
  await page.route('**/trpc/stats.all*', route => route.fulfill({ json: [broken] }))
  await page.goto(`${fixture.origin}/`)
  await page.getByText('This page failed').waitFor()
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByRole('heading', { name: 'Alerts' }).waitFor()
})
