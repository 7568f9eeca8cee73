import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isThorough } from '@quotakeeper/test-kit'
import { vendorFacts, vendorNames } from '@quotakeeper/vendors'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { axeFindings, noFindings } from './axe.js'
import { startBrowser } from './browser.js'
import { type GatewayFixture, startGatewayFixture } from './gateway-fixture.js'
import { follow, type OpenPage, openPage } from './page-fixture.js'

const model = 'llama-3.1-8b-instant'
const noCounts = { answeredCount: 0, refusedCount: 0, failedCount: 0, abortedCount: 0 }

let browser: Browser
let fixture: GatewayFixture
/** One page goes from place to place, as a person does. */
let open: OpenPage
/** The id of a call that was answered. */
let answeredId: string

beforeAll(async () => {
  ;[browser, fixture] = await Promise.all([
    startBrowser(),
    startGatewayFixture({
      apiKeys: ['gsk-good'],
      environment: { GROQ_API_KEY: 'gsk-good', HF_TOKEN: 'hf-revoked', NO_LIMITS_KEY: 'gsk-good' },
    }),
  ])
  // A narrow window of a reader of Chinese.
  open = await openPage(browser, undefined, { locale: 'zh-CN', viewport: { width: 390, height: 800 } })
  const { client } = fixture
  const perDay = { metric: 'requests', window: 'day', max: 100 } as const
  await client.pools.upsert.mutate({ name: 'org', limits: [{ ...perDay, max: 9 }] })
  await client.providers.upsert.mutate({ name: 'open', vendor: 'groq', limits: [] })
  await client.providers.upsert.mutate({
    ...{ name: 'shown', vendor: 'groq', pool: 'org' },
    limits: [
      { metric: 'cost', window: 'month', max: 5_000_000, mode: 'shadow' },
      { metric: 'tokens', window: 'rolling-60s', max: 6_000, model: '*', per: 'model' },
      { metric: 'characters', window: 'total', max: 12_000_000 },
      { metric: 'concurrency', max: 3 },
      { metric: 'requests', window: 'week', max: null },
    ],
  })
  await client.quota.grant.mutate({
    subject: { kind: 'provider', name: 'shown' },
    limitId: 'characters/total',
    amount: 500,
    until: new Date(Date.now() + 3_600_000).toISOString(),
  })
  await client.providers.setEnabled.mutate({ name: 'huggingface_2', enabled: false })
  await client.providers.retry.mutate({ name: 'shown' })
  await client.plans.upsert.mutate({ name: 'pro', limits: [perDay] })
  await client.consumers.upsert.mutate({ name: 'acme', limits: [{ ...perDay, max: 10 }] })
  await client.consumers.upsert.mutate({ name: 'acme-web', parent: 'acme', plan: 'pro' })
  await client.tokens.create.mutate({ name: 'first', consumer: 'acme', scopes: ['call', 'read', 'record'] })
  const used = { model, consumer: 'acme', characterCount: 10, requestCount: 3, costMicroUsd: 1_200_000 }
  // Raises an alert of the pool.
  await client.usage.record.mutate({ providerName: 'shown', ...used, requestCount: 9 })
  await client.usage.record.mutate({
    providerName: 'groq_1',
    ...used,
    requestCount: 6,
    characterCount: 13_000,
  })
  const { revision } = await client.routing.settings.query()
  await client.routing.update.mutate({
    expectedRevision: revision,
    aliases: { fast: [`groq_1/${model}`, 'small'] },
  })
  answeredId = await call('groq_1')
  await call('huggingface_1')
  for (const providerName of ['groq_1', 'huggingface_1']) await client.keys.check.mutate({ providerName })
  const skipped = [
    ...[{ code: 'exhausted' }, { code: 'cooling_down', cause: 'billing', httpStatus: 402 }],
    { code: 'too_large', metric: 'requests', window: 'day', units: 2, max: 1 },
    ...[{ code: 'disabled' }, { code: 'model_not_served' }, { code: 'model_not_allowed' }],
    ...[{ code: 'provider_not_allowed' }, { code: 'price_unknown' }, { code: 'too_many_users' }],
    ...[{ code: 'busy' }],
  ] as const
  await client.requests.report.mutate({
    traces: [
      {
        ...{ requestId: 'req_1', at: new Date().toISOString(), model, outcome: 'refused', httpStatus: 429 },
        ...{ code: 'quota_exhausted', providerName: '', strategy: 'most-remaining', isStream: true },
        ...{ waitedMs: 65_000, durationMs: 65_000 },
        attempts: [
          { providerName: 'groq_1', model: 'other', httpStatus: 429, ending: 'refused' },
          { providerName: 'groq_2', model, httpStatus: null, ending: 'unknown model' },
        ],
        skipped: skipped.map((reason, index) => ({
          ...{ providerName: `groq_${index + 1}`, model },
          reasons: [{ limitId: 'requests/day', retryAt: new Date().toISOString(), ...reason }],
        })),
      },
    ],
  })
  const hourStart = `${new Date().toISOString().slice(0, 13)}:00:00.000Z`
  const ofHour = { hourStart, isOther: false, model: 'small', consumer: 'acme', turnedAwayCount: 0 }
  const counts = { answeredCount: 2, refusedCount: 1, failedCount: 0, abortedCount: 0 }
  const durations = [...Array<number>(26).fill(0), 2]
  await client.performance.report.mutate({
    ...{ reporter: randomUUID(), number: 1 },
    calls: [
      { ...ofHour, ...counts, providerName: 'shown', durations, firstTokens: durations },
      {
        ...{ ...ofHour, ...noCounts, providerName: '', model: '', consumer: '', turnedAwayCount: 4 },
        ...{ durations: [], firstTokens: [] },
      },
    ],
  })
  await vi.waitFor(async () => assert((await client.requests.list.query({})).rows.length === 3), {
    timeout: 120_000,
  })
})

afterAll(async () => {
  await open?.[Symbol.asyncDispose]()
  await fixture?.[Symbol.asyncDispose]()
})

async function call(providerName: string): Promise<string> {
  const response = await fetch(`${fixture.gatewayOrigin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: `${providerName}/${model}`, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await response.text()
  return response.headers.get('x-quotakeeper-request-id') ?? ''
}

/** What is written in Latin letters in every language: names, models, limits, formats, units. */
const latin = [
  // Ids of requests.
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/,
  /NAME=KEY|\w+\/free/,
  /Quotakeeper/,
  /(?:groq|huggingface|hf|gsk|small)[_\w-]*|shown|open|org|acme(?:-web)?|pro|first|nobody|other|fast/,
  /llama-[\w.-]+|(?:requests|characters|tokens|cost|concurrency)\/[\w-]+(?:@[\w.*-]+)?|concurrency/,
  /most-remaining|round-robin|soonest-reset|limits|pool|vendor|[A-Z]+(?:_[A-Z\d]+)+|req_\w+|[a-f\d]{8,}/,
  /tokens?|API|HTTPS?|URL|CSV|JSON|curl|Python|TypeScript|OpenAI|SHA-256|\.env|platform|key|label|UTC|p50|p95|none-of-these/,
  /https?:\/\/[\w.:/]+/,
  // Settings, as the configuration file names them.
  /models|metadata|onExpiry|priority|timeZone|dayStartsAt|monthStartsOn|thresholdsPercent/,
  ...vendorNames.map(name => new RegExp(vendorFacts(name)?.title ?? name)),
]
const allowed = new RegExp(latin.map(({ source }) => `(?<![A-Za-z])(?:${source})(?![A-Za-z])`).join('|'), 'g')

/** The title of a page, and every text of it that is shown, read aloud or a hint, without code and what is marked as English. */
async function textsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isOurs = (element: Element | null): boolean =>
      element !== null &&
      element.closest('code, pre, script, noscript, style, textarea, [lang=en]:not(html)') === null
    const texts: string[] = [document.title]
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode())
      if (isOurs(walker.currentNode.parentElement)) texts.push(walker.currentNode.textContent ?? '')
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-column'])
      for (const element of document.querySelectorAll(`[${name}]`))
        if (isOurs(element)) texts.push(element.getAttribute(name) ?? '')
    return texts
  })
}

/** Fails if the page as it is now holds Latin words, is wider than the screen, or has a finding of axe. */
async function examine(page: Page): Promise<void> {
  const left = (await textsOf(page)).filter(text => /[A-Za-z]{2}/.test(text.replace(allowed, '')))
  expect(left).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  expect(await axeFindings(page)).toEqual(noFindings)
}

/** A mark of each page. */
const marks = [
  ['/', '即将用尽'],
  ['/providers/shown', '最近的调用'],
  ['/keys', '服务商已接受'],
  ['/try', '路由追踪'],
  ['/consumers', '使用方'],
  ['/consumers/acme', '按使用方和模型的用量'],
  ['/requests/req_1', '其中等待配额'],
  ['/usage', '按天'],
  ['/calls', '各项合计由这些调用组成'],
  ['/performance', '未调用提供方'],
  ['/routing', '提供方的顺序'],
  ['/alerts', '配额池 org'],
] as const
/** Of the same pages in other states. */
const otherMarks = [
  ['/providers/huggingface_1', '服务商因缺少有效密钥拒绝调用'],
  ['/providers/huggingface_2', '无密钥'],
  ['/providers/open', '没有限额。'],
  ['/providers/nobody', '未知的提供方'],
  ['/keys?search=none-of-these', '没有匹配的提供方。'],
  ['/consumers/acme-web', '套餐 pro 的限额'],
  ['/requests', '配额用尽'],
  ['/usage?by=hour', '有用量的小时'],
  ['/usage?by=consumer', '无使用方'],
  ['/usage?from=2020-01-01', '最多选择 1000 天。'],
  ['/calls?model=none-of-these', '没有匹配的调用。'],
  ['/performance?by=consumer&period=7d', '无使用方'],
  ['/nowhere', '页面不存在'],
] as const

test.each([...marks, ...(isThorough ? otherMarks : [])])(
  '%s is in Chinese, fits 390 px, and axe finds nothing',
  async (path, mark) => {
    const { page, faults } = open
    const faultsBefore = faults.length
    await follow(page, `${fixture.origin}${path}`)
    await page.getByText(mark).first().waitFor()
    await page
      .getByText(/^正在加载/)
      .first()
      .waitFor({ state: 'detached' })
    await examine(page)
    // Chromium also reports what the API rightly does not find.
    expect(faults.slice(faultsBefore).filter(fault => !/status of 404 .*nobody/.test(fault))).toEqual([])
  },
)

test('a request that was answered is described in Chinese', async () => {
  await follow(open.page, `${fixture.origin}/requests/${answeredId}`)
  await open.page.getByText(/^该请求于 .* 到达，.*后由 groq_1 完成处理。/).waitFor()
  await examine(open.page)
})

test('the steps to the first call are in Chinese', async () => {
  const { page } = open
  // As before the first call.
  await page.route('**/trpc/requests.list*', route =>
    route.fulfill({ json: [{ result: { data: { rows: [], nextCursor: null } } }] }),
  )
  await page.goto(fixture.origin)
  await page.getByRole('heading', { name: '完成第一次调用' }).waitFor()
  await examine(page)
  await page.unroute('**/trpc/requests.list*')
})

test('what is read of pasted keys, and why lines are skipped, is shown in Chinese', async () => {
  const { page } = open
  await follow(page, `${fixture.origin}/keys`)
  const lines = [
    'GROQ_API_KEY_7=gsk-1',
    'groq,gsk-1,again',
    'groq,gsk-2,other',
    'groq,',
    'nobody,gsk-3',
    'small',
  ]
  await page.getByLabel(/platform,key,label/).fill(lines.join('\n'))
  await page.getByText('2 个密钥，1 个重复，跳过 3 行。').waitFor()
  await examine(page)
})

const dialogPlaces = ['/consumers/acme', '/keys']
const otherDialogPlaces = ['/providers/shown', '/consumers/acme-web', '/alerts']

test.each([...dialogPlaces, ...(isThorough ? otherDialogPlaces : [])])(
  'each dialog of %s is in Chinese',
  async path => {
    const { page } = open
    await follow(page, `${fixture.origin}${path}`)
    const buttons = page.locator('main button:not(form button):not(section.form button)')
    await page
      .getByText(/^正在加载/)
      .first()
      .waitFor({ state: 'detached' })
    await buttons.first().waitFor()
    const count = await buttons.count()
    expect(count).toBeGreaterThan(0)
    for (let index = 0; index < count; index++) {
      await buttons.nth(index).click()
      await page.getByRole('dialog').waitFor()
      await examine(page)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  },
)

test('the stacked chart, and the period before beside it, are in Chinese', async () => {
  const { page } = open
  await follow(page, `${fixture.origin}/usage`)
  await page.getByLabel('堆叠').selectOption('按使用方')
  await page.getByLabel('与上一时段对比').check()
  await page.getByText('上一时段没有用量。').waitFor()
  await page.locator('.chart-legend').getByText('无使用方').waitFor()
  await page.getByRole('slider', { name: '时间点' }).focus()
  await page.getByText('以表格显示数据').click()
  await examine(page)
})

test('a change of routing is tried, refused and saved in Chinese', async () => {
  const { page } = open
  await follow(page, `${fixture.origin}/routing`)
  await page.getByRole('radio', { name: /^priority/ }).check()
  await page.getByRole('button', { name: '上移 groq_3' }).click()
  await page.getByRole('button', { name: '添加别名' }).click()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('每个别名都需要名称。').waitFor()
  await page.getByText('已更改：策略、别名、提供方的顺序。').waitFor()
  await examine(page)
  await page.getByRole('button', { name: '删除该别名' }).last().click()
  const form = page.getByRole('form', { name: '试运行' })
  await form.getByLabel('模型或别名').fill('fast')
  await form.getByRole('button', { name: '试运行' }).click()
  await page.getByRole('heading', { name: '按您的更改' }).waitFor()
  await examine(page)
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('dialog').getByText('进行中的调用不受影响。').waitFor()
  await examine(page)
})
