import { createTestDatabase } from '@quotakeeper/test-kit'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser } from './browser.js'
import { openPage, startPageScene } from './page-scene.js'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())

for (const [path, empty] of [
  ['/requests', 'No request is like that.'],
  ['/alerts', 'No alerts.'],
  ['/usage', 'Nothing was used in these days.'],
] as const) {
  test(`at ${path} an API that is gone is named by its address, and its list not called empty`, async () => {
    await using scene = await startPageScene()
    await using open = await openPage(browser, `${scene.origin}${path}`)
    const { page } = open
    await page.getByText(empty).waitFor()
    await scene.kill()
    await page.getByText(`the API at ${scene.origin} does not answer`).first().waitFor({ timeout: 90_000 })
    expect(await page.getByText(empty).count()).toBe(0)
    expect(await page.locator('body').textContent()).not.toContain('Failed to fetch')
  })
}

test('a database that is gone is told apart from an API that is', async () => {
  const database = await createTestDatabase()
  await using scene = await startPageScene({ environment: { QUOTA_DATABASE_URL: database.url } })
  await using open = await openPage(browser, scene.origin)
  const { page } = open
  await page.getByRole('heading', { name: 'All 5 keys have room' }).waitFor()
  await database.drop()
  await page.getByText('The API answers, and its database does not.').waitFor({ timeout: 90_000 })
  expect(await page.getByText('The API does not answer.').count()).toBe(0)
})
