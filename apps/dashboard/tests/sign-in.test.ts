import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

const tokens = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([
    startContext(),
    startPageFixture({ environment: tokens, token: tokens.QUOTA_ADMIN_TOKEN }),
  ])
})

beforeEach(() => context.clearCookies())

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

test('an admin signs in, makes a change and signs out; scripts cannot read the cookie', async () => {
  await using open = await openPage(context, `${fixture.origin}/providers/groq_1`)
  const { page } = open
  await page.getByLabel('Token').fill('a-guess')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('that token is not valid here').waitFor()
  await page.getByLabel('Token').fill(tokens.QUOTA_ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await page.getByText('until it is enabled').waitFor()

  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
  expect(cookie?.value).not.toContain(tokens.QUOTA_ADMIN_TOKEN)
  await page.reload()
  await page.getByRole('button', { name: 'Enable' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Token').waitFor()
  expect(await page.context().cookies()).toEqual([])
})

test('a user without change rights sees everything except actions', async () => {
  await using open = await openPage(context, fixture.origin)
  const { page } = open
  await page.getByLabel('Token').fill(tokens.QUOTA_API_TOKEN)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'groq_2' }).click()
  await page.getByRole('heading', { name: 'Latest calls' }).waitFor()
  expect(await page.getByRole('button', { name: 'Edit limits' }).count()).toBe(0)
  await page.getByRole('link', { name: 'Alerts', exact: true }).click()
  await page.getByRole('heading', { name: 'Alerts' }).waitFor()
  expect(await page.getByRole('button', { name: 'Send a test' }).count()).toBe(0)
})
