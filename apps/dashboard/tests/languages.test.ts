import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, noFindings } from './axe.js'
import { startBrowser } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

const tokens = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }

let browser: Browser
let fixture: PageFixture
let closed: PageFixture

beforeAll(async () => {
  ;[browser, fixture, closed] = await Promise.all([
    startBrowser(),
    startPageFixture(),
    startPageFixture({ environment: tokens, token: tokens.QUOTA_ADMIN_TOKEN }),
  ])
})

afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]()
  await closed?.[Symbol.asyncDispose]()
})

/** The catalogs that a page has downloaded. */
async function openWithCatalogs(address: string, options: BrowserContextOptions) {
  const catalogs: string[] = []
  const open = await openPage(browser, undefined, options)
  open.page.on('request', request => {
    const [, name] = /\/assets\/(en|zh-Hans)-[^/]*\.js$/.exec(request.url()) ?? []
    if (name !== undefined) catalogs.push(name)
  })
  await open.page.goto(address)
  return { ...open, catalogs }
}

const languageOf = (page: Page) => page.evaluate(() => document.documentElement.lang)

test.each([
  ['zh-CN', 'zh-Hans', '全部 5 个密钥都有余量'],
  ['zh-SG', 'zh-Hans', '全部 5 个密钥都有余量'],
  ['zh-TW', 'en', 'All 5 keys have room'],
  ['de-DE', 'en', 'All 5 keys have room'],
])('a browser in %s shows %s, and downloads no other language', async (locale, language, headline) => {
  await using open = await openWithCatalogs(fixture.origin, { locale })
  await open.page.getByRole('heading', { name: headline }).waitFor()
  await expect.poll(() => languageOf(open.page)).toBe(language)
  expect(open.catalogs).toEqual([language])
  expect(open.faults).toEqual([])
})

test('another language is chosen on the page, at once, and remembered', async () => {
  await using open = await openWithCatalogs(`${fixture.origin}/alerts`, { locale: 'zh-CN' })
  const { page, catalogs, faults } = open
  await page.getByRole('heading', { name: '告警', exact: true }).waitFor()
  await page.getByLabel('语言').selectOption('English')
  await page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor()
  expect(await languageOf(page)).toBe('en')
  await page.reload()
  await page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor()
  expect(await page.getByLabel('Language').inputValue()).toBe('en')
  await page.getByLabel('Language').selectOption('简体中文')
  await page.getByRole('heading', { name: '告警', exact: true }).waitFor()
  expect(catalogs).toEqual(['zh-Hans', 'en', 'en', 'zh-Hans'])
  expect(faults).toEqual([])
})

test('one signs in by either language', async () => {
  await using open = await openPage(browser, closed.origin, { locale: 'zh-CN' })
  const { page } = open
  await page.getByLabel('令牌').waitFor()
  await page.getByLabel('语言').selectOption('English')
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.getByLabel('Language').selectOption('简体中文')
  await page.getByLabel('令牌').fill(tokens.QUOTA_ADMIN_TOKEN)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('button', { name: '退出登录' }).waitFor()
})

test('the page of signing in has no finding of axe and fits a narrow screen in Chinese', async () => {
  const viewport = { width: 390, height: 800 }
  await using open = await openPage(browser, closed.origin, { locale: 'zh-CN', viewport })
  const { page } = open
  await page.getByLabel('令牌').waitFor()
  expect(await axeFindings(page)).toEqual(noFindings)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
})

test.concurrent('errors that the page itself makes are in its language', async () => {
  await using open = await openPage(browser, fixture.origin, { locale: 'zh-CN' })
  const { page } = open
  await page.getByRole('heading', { name: '全部 5 个密钥都有余量' }).waitFor()
  await page.route('**/trpc/**', route => route.abort())
  await page.getByText('API 没有响应。').first().waitFor()
  await page.getByLabel('页面').getByRole('link', { name: '告警' }).click()
  await page.getByText(`${fixture.origin} 的 API 没有响应，请检查它是否正在运行`).waitFor()
})

test.concurrent('a language that cannot be loaded is reported, and the current one stays', async () => {
  await using open = await openPage(browser, fixture.origin)
  const { page } = open
  await page.getByRole('heading', { name: 'All 5 keys have room' }).waitFor()
  await page.route('**/assets/zh-Hans-*.js', route => route.abort())
  await page.getByLabel('Language').selectOption('简体中文')
  await page.getByRole('alert').getByText('The language could not be loaded').waitFor()
  expect(await page.getByLabel('Language').inputValue()).toBe('en')
  await page.goto('about:blank')
  await page.route('**/assets/en-*.js', route => route.abort())
  await page.goto(fixture.origin)
  await page.getByText('The page could not be loaded').waitFor()
})
