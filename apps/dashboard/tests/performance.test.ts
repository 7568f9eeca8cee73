import { randomUUID } from 'node:crypto'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, noFindings } from './axe.js'
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

const hourMs = 3_600_000
const noCounts = { answeredCount: 0, refusedCount: 0, failedCount: 0, abortedCount: 0, turnedAwayCount: 0 }

test('says that there are no calls, then shows each provider, model and consumer, over a day or a week', async () => {
  await using open = await openPage(context, `${fixture.origin}/performance`)
  const { page, faults } = open
  await page.setViewportSize({ width: 390, height: 800 })
  await page.getByText('No calls in the last 24 hours.').waitFor()
  expect(await axeFindings(page)).toEqual(noFindings)
  // Its page reads its limits.
  await fixture.client.providers.upsert.mutate({ name: 'groq_1', vendor: 'groq', limits: [] })
  const hourStart = (agoMs: number): string =>
    `${new Date(Date.now() - agoMs).toISOString().slice(0, 13)}:00:00.000Z`
  const ofNow = { hourStart: hourStart(0), isOther: false, ...noCounts, firstTokens: [] }
  await fixture.client.performance.report.mutate({
    ...{ reporter: randomUUID(), number: 1 },
    calls: [
      {
        ...{ ...ofNow, providerName: 'groq_1', model: 'small', consumer: 'website' },
        ...{ answeredCount: 1_999, refusedCount: 1, durations: [...Array<number>(26).fill(0), 1_999] },
      },
      { ...ofNow, providerName: '', model: 'auto', consumer: '', turnedAwayCount: 7, durations: [] },
      {
        ...{ ...ofNow, hourStart: hourStart(30 * hourMs), providerName: 'groq_2', model: 'large' },
        ...{ consumer: 'research', failedCount: 2, durations: [] },
      },
    ],
  })
  await page.reload()
  const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name })
  await expect
    .poll(() => rowOf('groq_1').getByRole('cell').allTextContents())
    .toEqual(['2,000', '99.9 %', '1', '0', '0', '0', '830 ms', '830 ms', '–', '–'])
  await rowOf('no provider called').waitFor()
  expect(await rowOf('groq_2').count()).toBe(0)
  await page.getByLabel('7 days').check()
  await rowOf('groq_2').waitFor()
  await page.getByLabel('Model').check()
  await rowOf('large').waitFor()
  // The address keeps the choice.
  await page.reload()
  // Requests have the names that clients sent, and calls those of vendors.
  await expect(rowOf('large').getByRole('link').getAttribute('href')).resolves.toBe('/calls?model=large')
  await page.getByLabel('Consumer').check()
  await rowOf('research').getByRole('link', { name: 'research' }).waitFor()
  await page.getByText('no consumer').waitFor()
  expect(await axeFindings(page)).toEqual(noFindings)
  await page.getByLabel('Provider').check()
  await rowOf('groq_1').getByRole('link', { name: '2,000' }).click()
  await page.getByRole('heading', { name: 'Requests' }).waitFor()
  expect(new URL(page.url()).search).toBe('?provider=groq_1')
  await page.goto(`${fixture.origin}/providers/groq_1`)
  const section = page.getByRole('region', { name: 'Performance in the last 24 hours' })
  await section.getByRole('cell', { name: '99.9 %' }).waitFor()
  expect(await section.getByRole('row').filter({ hasText: 'large' }).count()).toBe(0)
  expect(faults).toEqual([])
})
