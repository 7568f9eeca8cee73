import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const token = 'token-of-pages'

let api: TestApi
let browser: Browser
let allowed: Server
let foreign: Server
let fixture: Fixture
beforeAll(async () => {
  const { executablePath, env } = await findChromium()
  // Containers run as root, for which Chromium has no sandbox.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  browser = await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
  ;[allowed, foreign] = await Promise.all([servePage(), servePage()])
  api = await sharedTestApi()
  fixture = await startFixture(api, {
    keys: { a: {} },
    environment: { QUOTA_GATEWAY_TOKEN: token, QUOTA_GATEWAY_ALLOWED_ORIGINS: originOf(allowed) },
  })
})
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]()
  await browser?.close()
  for (const server of [allowed, foreign]) server?.close()
})

/** An empty page at a port of its own, and so of an origin of its own. */
async function servePage(): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function originOf(server: Server): string {
  // A server that listens on a port has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Called {
  readonly status: number | null
  readonly text: string
  readonly requestId: string | null
}

/** What a script of the page gets for a call of the gateway; a status of null where the browser keeps the answer from it. */
async function callFrom(page: Page, path: string, body: object | null, bearer = token): Promise<Called> {
  const call = { url: `${fixture.origin}${path}`, body: body && JSON.stringify(body), bearer }
  return await page.evaluate(async ({ url, body, bearer }) => {
    try {
      const response = await fetch(url, {
        method: body === null ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body,
      })
      const requestId = response.headers.get('x-quotakeeper-request-id')
      return { status: response.status, text: await response.text(), requestId }
    } catch (error) {
      return { status: null, text: String(error), requestId: null }
    }
  }, call)
}

async function openPage(server: Server): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(originOf(server))
  return page
}

const messages = [{ role: 'user', content: 'Say hello.' }]

test('a page of an allowed origin lists models, calls, whole and streamed, and reads errors and the request’s id', async () => {
  const page = await openPage(allowed)
  const { model } = fixture
  const models = await callFrom(page, '/v1/models', null)
  expect([models.status, models.text.includes(model)]).toEqual([200, true])
  const whole = await callFrom(page, '/v1/chat/completions', { model, messages })
  expect(whole).toMatchObject({ status: 200, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  const streamed = await callFrom(page, '/v1/chat/completions', { model, messages, stream: true })
  expect([streamed.status, streamed.text.trimEnd().endsWith('data: [DONE]')]).toEqual([200, true])
  const refused = await callFrom(page, '/v1/chat/completions', { model, messages }, 'wrong')
  expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([401, 'invalid_api_key'])
  await page.close()
})

test('a page of another origin gets nothing, whatever token it has', async () => {
  const page = await openPage(foreign)
  const calls = fixture.vendor.calls.length
  for (const [path, body] of [
    ['/v1/models', null],
    ['/v1/chat/completions', { model: fixture.model, messages }],
  ] as const)
    expect(await callFrom(page, path, body)).toMatchObject({ status: null })
  expect(fixture.vendor.calls.length).toBe(calls)
  await page.close()
})

test('the reference at /docs shows the endpoints without a token, without another host and within its content policy', async () => {
  const page = await browser.newPage()
  const hosts = new Set<string>()
  const faults: string[] = []
  page.on('request', request => hosts.add(new URL(request.url()).host))
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  const answer = await page.goto(`${fixture.origin}/docs`)
  await page.getByText('Chat completions, whole or streamed').first().waitFor()
  expect([...hosts]).toEqual([new URL(fixture.origin).host])
  expect(faults).toEqual([])
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'self'; base-uri 'none'")
  // Inline styles are allowed in attributes alone, and inline scripts nowhere.
  expect(policy.match(/[\w-]+ [^;]*'unsafe-\w+'/g)).toEqual(["style-src-attr 'unsafe-inline'"])
})
