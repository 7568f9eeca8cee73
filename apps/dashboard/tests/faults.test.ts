import { createTestDatabase } from '@quotakeeper/test-kit'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startContext } from './browser.js'
import {
  type OpenPage,
  openPage,
  type PageProcess,
  startPageFixture,
  startPageProcess,
} from './page-fixture.js'

let context: BrowserContext
beforeAll(async () => {
  context = await startContext()
})

describe.concurrent('an API that is gone', () => {
  const lists = [
    ['/requests', 'No request matches.'],
    ['/alerts', 'No alerts.'],
    ['/usage', 'No usage in these days.'],
  ] as const
  let fixture: PageProcess
  const pages = new Map<string, OpenPage>()

  // One stopped API, tested with all pages.
  beforeAll(async () => {
    fixture = await startPageProcess()
    for (const [path, empty] of lists) {
      const open = await openPage(context, `${fixture.origin}${path}`)
      pages.set(path, open)
      await open.page.getByText(empty).waitFor()
    }
    await pages.get('/alerts')?.page.getByText('80, 90 and 100 % unless set otherwise').waitFor()
    await fixture.kill()
  })

  afterAll(async () => {
    for (const open of pages.values()) await open[Symbol.asyncDispose]()
    await fixture?.[Symbol.asyncDispose]()
  })

  test.each(lists)('at %s is named by its address, and its list not called empty', async (path, empty) => {
    const page = pages.get(path)?.page
    await page?.getByText(`the API at ${fixture.origin} does not answer`).first().waitFor()
    expect(await page?.getByText(empty).count()).toBe(0)
    const text = await page?.locator('body').textContent()
    expect(text).toContain(fixture.origin)
    expect(text).not.toContain('Failed to fetch')
  })
})

test.concurrent('an unreachable database is distinguished from an unreachable API', async () => {
  const database = await createTestDatabase()
  await using fixture = await startPageFixture({ environment: { QUOTA_DATABASE_URL: database.url } })
  await using open = await openPage(context, fixture.origin)
  const { page } = open
  await page.getByRole('heading', { name: 'All 5 keys have room' }).waitFor()
  await database.drop()
  await page.getByText('The API answers, but its database does not.').waitFor()
  expect(await page.getByText('The API does not answer.').count()).toBe(0)
})
