import { isThorough } from '@quotakeeper/test-kit'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
  const { client } = fixture
  await client.consumers.upsert.mutate({ name: 'acme' })
  await client.usage.record.mutate({ providerName: 'groq_1', model: 'm', characterCount: 14_000 })
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

type Field = readonly ['choice' | 'text' | 'date' | 'select', label: string | RegExp, value: string]

/** The text of a label includes the choices of its list. */
const fieldOf = (page: Page, [kind, label]: Field) =>
  page
    .locator('main')
    .getByLabel(label, { exact: kind !== 'select' })
    .first()

/** Each page with filters, one address that sets them all, and what its fields then show. */
const places: readonly (readonly [path: string, search: string, fields: readonly Field[]])[] = [
  [
    '/',
    '?search=groq&group=soon&order=name',
    [
      ['text', 'Find a provider', 'groq'],
      ['choice', /^Running low/, ''],
      ['select', 'Order', 'name'],
    ],
  ],
  [
    '/requests',
    '?outcome=refused&model=50%25+off&provider=groq_1',
    [
      ['select', 'Outcome', 'refused'],
      ['text', 'Model', '50% off'],
      ['text', 'Served by', 'groq_1'],
    ],
  ],
  [
    '/usage',
    '?by=model&from=2026-01-02&to=2026-01-03',
    [
      ['choice', 'Model', ''],
      ['date', 'From', '2026-01-02'],
      ['date', 'to', '2026-01-03'],
    ],
  ],
  ['/keys', '?search=groq', [['text', 'Find', 'groq']]],
  [
    '/calls',
    '?provider=groq_1&model=m&consumer=acme&under=acme&state=pending&from=2026-01-02&to=2026-01-03',
    [
      ['text', 'Provider', 'groq_1'],
      ['text', 'Model', 'm'],
      ['text', 'Consumer', 'acme'],
      ['text', 'Consumer or below', 'acme'],
      ['select', 'State', 'pending'],
      ['date', 'From', '2026-01-02'],
      ['date', 'to', '2026-01-03'],
    ],
  ],
  ['/alerts', '?severity=critical', [['select', 'Severity', 'critical']]],
  [
    '/consumers',
    '?search=acme&plan=pro',
    [
      ['text', 'Name', 'acme'],
      ['text', 'Plan', 'pro'],
    ],
  ],
  ['/consumers/acme', '?days=7', [['choice', '7 days', '']]],
  [
    '/providers/groq_1',
    '?model=m&consumer=acme&state=expired',
    [
      ['text', 'Model', 'm'],
      ['text', 'Consumer', 'acme'],
      ['select', 'State', 'expired'],
    ],
  ],
]

/** In `test` each page is tried either with its filters or with wrong ones. */
const triedPlaces = (rest: number) => places.filter((_, index) => isThorough || index % 2 === rest)

async function expectFields(page: Page, fields: readonly Field[]): Promise<void> {
  for (const [kind, label, value] of fields) {
    const field = fieldOf(page, [kind, label, value])
    if (kind === 'choice') await expect.poll(() => field.isChecked()).toBe(true)
    else await expect.poll(() => field.inputValue()).toBe(value)
  }
}

test.each(triedPlaces(0))(
  'the filters of %s are in its address: typed, reloaded, shared and gone back to',
  async (path, search, fields) => {
    await using open = await openPage(context, `${fixture.origin}${path}`)
    const { page, faults } = open
    const there = () => new URL(page.url()).search
    for (const field of fields) {
      const [kind, , value] = field
      if (kind === 'choice') await fieldOf(page, field).check()
      else if (kind === 'select') await fieldOf(page, field).selectOption(value)
      else await fieldOf(page, field).fill(value)
    }
    const sorted = (text: string) => [...new URLSearchParams(text)].sort()
    await expect.poll(() => sorted(there())).toEqual(sorted(search))
    await page.reload()
    await expectFields(page, fields)
    await page.getByRole('navigation').getByRole('link', { name: 'Try' }).click()
    await page.getByRole('heading', { name: 'Try a call' }).waitFor()
    await page.goBack()
    await expectFields(page, fields)
    // Somebody else has the address only.
    await page.evaluate(() => {
      localStorage.clear()
      sessionStorage.clear()
    })
    await page.goto(`${fixture.origin}${path}${search}`)
    await expectFields(page, fields)
    expect(faults).toEqual([])
  },
)

test.each(triedPlaces(1))('wrong filters of %s are ignored', async (path, search) => {
  const names = [...new URLSearchParams(search).keys()]
  const wrong = `?${names.map(name => `${name}=nonsense%0A`).join('&')}&other=%&%zz`
  await using open = await openPage(context, `${fixture.origin}${path}${wrong}`)
  const { page, faults } = open
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => page.getByText(/^Loading/).count()).toBe(0)
  expect(await page.getByText(/This page failed|cannot be shown/).count()).toBe(0)
  expect(faults).toEqual([])
})

test('a range of days that is backwards or too long is refused in words, and asks nothing', async () => {
  await using open = await openPage(context, `${fixture.origin}/usage?from=2026-02-02&to=2026-02-01`)
  const { page, faults } = open
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.getByText('Choose a first day that is not after the last.').waitFor()
  await page.goto(`${fixture.origin}/usage?from=2000-01-01&to=2099-01-01`)
  await page.getByText('Choose at most 1000 days.').waitFor()
  expect(asked.filter(url => url.includes('usage.summary'))).toEqual([])
  expect(faults).toEqual([])
})
