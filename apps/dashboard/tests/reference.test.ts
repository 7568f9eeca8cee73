import type { Browser } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { startBrowser } from './browser.js'
import { startPageFixture } from './page-fixture.js'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})

test('the reference at /docs shows the procedures, without another host and within its content policy', async () => {
  await using fixture = await startPageFixture()
  const page = await browser.newPage()
  const hosts = new Set<string>()
  const faults: string[] = []
  page.on('request', request => hosts.add(new URL(request.url()).host))
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(`${fixture.origin}/docs`)
  await page.getByText('Creates, changes or revives a provider').first().waitFor()
  expect([...hosts]).toEqual([new URL(fixture.origin).host])
  expect(faults).toEqual([])
  await page.close()
})
