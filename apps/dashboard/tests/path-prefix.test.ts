import { startPathProxy } from '@quotakeeper/test-kit'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBrowser, startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

const prefix = '/quota'
const tokens = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }

let browser: Browser
let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[browser, context, fixture] = await Promise.all([
    startBrowser(),
    startContext(),
    startPageFixture({
      environment: {
        ...tokens,
        QUOTA_PATH_PREFIX: `${prefix}/`,
        QUOTA_GATEWAY_PUBLIC_URL: 'https://example.com/gateway/v1/',
      },
      token: tokens.QUOTA_ADMIN_TOKEN,
    }),
  ])
  await fixture.client.usage.record.mutate({ providerName: 'groq_1', model: 'm', characterCount: 13_000 })
})

// Cookies are of a host, whatever its port.
beforeEach(() => context.clearCookies())

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

describe.each([
  ['removes', true],
  ['keeps', false],
] as const)('behind a proxy that %s the prefix', (_, isStripped) => {
  const start = () => startPathProxy({ target: fixture.origin, prefix, isStripped })

  test('a person signs in, follows links, reloads, downloads and signs out, and nothing leaves the prefix', async () => {
    await using proxy = await start()
    await using open = await openPage(context, `${proxy.origin}${prefix}/providers/groq_1`)
    const { page, faults } = open
    await page.getByLabel('Token').fill(tokens.QUOTA_ADMIN_TOKEN)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Disable' }).waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: `${prefix}/` })
    await page.getByRole('link', { name: 'Overview' }).first().click()
    await page.getByText('Make the first call').waitFor()
    await page.getByText('curl -s https://example.com/gateway/v1/chat/completions').waitFor()
    await page.getByLabel('Find a provider').fill('groq_1')
    await page.getByRole('link', { name: 'groq_1' }).waitFor()
    expect(page.url()).toBe(`${proxy.origin}${prefix}/?search=groq_1`)
    expect(await page.title()).toBe('Overview · Quotakeeper')
    await page.reload()
    await page.getByRole('link', { name: 'groq_1' }).click()
    expect(page.url()).toBe(`${proxy.origin}${prefix}/providers/groq_1`)
    await page.getByRole('heading', { name: 'Latest calls' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ])
    expect(await download.failure()).toBe(null)
    await page.goto(`${proxy.origin}${prefix}/nowhere`)
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    expect(await page.context().cookies()).toEqual([])
    expect(proxy.strays).toEqual([])
    // Chromium also reports the page that is rightly not found, and what was asked for while the session ended.
    const expected = /status of (404 .*\/nowhere$|401 .*\/trpc\/)/
    expect(faults.filter(fault => !expected.test(fault))).toEqual([])
  })

  test('programs have tRPC, plain HTTP, its description, the reference and server-sent events', async () => {
    await using proxy = await start()
    const base = `${proxy.origin}${prefix}`
    const headers = { authorization: `Bearer ${tokens.QUOTA_API_TOKEN}` }
    const document = await (await fetch(`${base}/openapi.json`, { headers })).json()
    expect(document.servers).toEqual([{ url: `${prefix}/api/v1` }])
    const stats = await fetch(`${proxy.origin}${document.servers[0].url}/stats`, { headers })
    expect([stats.status, (await stats.json()).providers.length]).toEqual([200, 5])
    expect((await fetch(`${base}/trpc/stats.all`, { headers })).status).toBe(200)
    await using open = await openPage(browser, `${base}/docs`, { extraHTTPHeaders: headers })
    await open.page.getByText('Creates, changes or revives a provider').first().waitFor()
    expect(open.faults).toEqual([])
    const ending = new AbortController()
    const stream = await fetch(`${base}/trpc/alerts.stream`, {
      headers: { ...headers, accept: 'text/event-stream' },
      signal: ending.signal,
    })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const reader = stream.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: connected')
    ending.abort()
    expect(proxy.strays).toEqual([])
  })

  test('requests of other origins are refused as without a proxy', async () => {
    await using proxy = await start()
    const address = `${proxy.origin}${prefix}/session`
    const body = JSON.stringify({ token: tokens.QUOTA_API_TOKEN })
    const post = (headers: Readonly<Record<string, string>>) =>
      fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
    expect((await post({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await post({ origin: proxy.origin })).status).toBe(200)
    expect((await fetch(address, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })
})

test('a reader of Chinese gets the texts from below the prefix', async () => {
  await using proxy = await startPathProxy({ target: fixture.origin, prefix, isStripped: true })
  await using open = await openPage(browser, `${proxy.origin}${prefix}/`, { locale: 'zh-CN' })
  await open.page.getByLabel('令牌').waitFor()
  expect(await open.page.title()).toBe('登录 · Quotakeeper')
  expect(proxy.strays).toEqual([])
})

test('without the proxy the page is at the prefix too, and moves there', async () => {
  await using open = await openPage(context, `${fixture.origin}/usage?by=model`)
  await open.page.getByLabel('Token').fill(tokens.QUOTA_API_TOKEN)
  await open.page.keyboard.press('Enter')
  await open.page.getByRole('heading', { name: 'Usage' }).waitFor()
  expect(open.page.url()).toBe(`${fixture.origin}${prefix}/usage?by=model`)
})

test('a prefix that hides a path of the API is refused at the start', async () => {
  const start = startPageFixture({ environment: { QUOTA_PATH_PREFIX: '/api/quota' } })
  await expect(start).rejects.toThrow(/QUOTA_PATH_PREFIX must not begin with \/api/)
})
