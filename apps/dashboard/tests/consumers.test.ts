import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { follow, type OpenPage, openPage, type PageFixture, startPageFixture } from './page-fixture.js'

const tokens = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }

let context: BrowserContext
/** Of a page that is signed in as an admin. */
let adminCookies: Awaited<ReturnType<BrowserContext['cookies']>>
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([
    startContext(),
    startPageFixture({ environment: tokens, token: tokens.QUOTA_ADMIN_TOKEN }),
  ])
  const { client } = fixture
  const perMonth = (max: number) => ({ metric: 'requests', window: 'month', max }) as const
  const perUser = { metric: 'requests', window: 'day', max: 50, per: 'user' } as const
  await client.plans.upsert.mutate({ name: 'pro', limits: [perMonth(100)] })
  for (const consumer of [
    { name: 'acme', limits: [perMonth(1_000)] },
    { name: 'acme web', parent: 'acme', plan: 'pro' },
    { name: 'acme app', parent: 'acme', limits: [perUser] },
    { name: 'acme app ios', parent: 'acme app', models: ['llama-*'] },
    { name: 'globex', limits: [perMonth(10)] },
  ])
    await client.consumers.upsert.mutate(consumer)
  const record = (consumer: string, model: string, requestCount: number, endUser?: string) =>
    client.usage.record.mutate({ providerName: 'groq_1', consumer, model, requestCount, endUser })
  await record('acme web', 'llama-3.1-8b-instant', 90)
  await record('acme web', 'gpt-oss-20b', 4)
  await record('acme app', 'gpt-oss-20b', 20, 'alice')
  await record('acme app ios', 'llama-3.1-8b-instant', 6)
  await record('globex', 'gpt-oss-20b', 10)
  await client.tokens.create.mutate({ name: 'first', consumer: 'acme', scopes: ['call', 'read', 'record'] })
  await using open = await openPage(context, fixture.origin)
  await signIn(open.page, tokens.QUOTA_ADMIN_TOKEN)
  await open.page.getByRole('button', { name: 'Sign out' }).waitFor()
  adminCookies = await context.cookies()
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function openAsAdmin(path: string): Promise<OpenPage> {
  await context.clearCookies()
  await context.addCookies(adminCookies)
  return openPage(context, `${fixture.origin}${path}`)
}

async function openSignedOut(path: string): Promise<OpenPage> {
  await context.clearCookies()
  return openPage(context, `${fixture.origin}${path}`)
}

async function openSignedIn(path: string, token: string): Promise<OpenPage> {
  const open = await openSignedOut(path)
  await signIn(open.page, token)
  return open
}

async function tokenOf(consumer: string, scopes: readonly ('admin' | 'call' | 'read')[]): Promise<string> {
  const name = `${consumer} ${scopes.join(' ')}`
  const { secret } = await fixture.client.tokens.create.mutate({ name, consumer, scopes: [...scopes] })
  return secret ?? ''
}

const linksIn = (page: Page, region: string) =>
  page.getByRole('region', { name: region }).getByRole('rowheader')

test('consumers are listed with plan, status and bars, and found by a name that the address keeps', async () => {
  await using open = await openAsAdmin('/consumers')
  const { page } = open
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) })
  await row('globex').waitFor()
  expect(await row('globex').textContent()).toMatch(/quota spent\s*back /)
  expect(await row('acme web').textContent()).toMatch(/below acme.*pro/)
  expect(await row('acme web').getByRole('img').getAttribute('aria-label')).toBe(
    '94 used, 6 left of 100 requests a month',
  )
  await page.getByLabel('Name').fill('APP')
  const names = () => page.locator('.consumer-table tbody th').allInnerTexts()
  await expect.poll(async () => (await names()).length).toBe(2)
  expect(new URL(page.url()).search).toBe('?search=APP')
  await page.reload()
  await page.getByText('acme app ios').waitFor()
  await expect.poll(names).toEqual(['acme app below acme', 'acme app ios below acme app'])
  await page.getByLabel('Name').fill('nobody')
  await page.getByText('No consumer matches.').waitFor()
})

test('a consumer shows its limits, those below it, and who spends what on which model', async () => {
  await using open = await openAsAdmin('/consumers/acme')
  const { page, faults } = open
  await page.getByRole('heading', { name: 'acme', exact: true }).waitFor()
  const limits = page.getByRole('region', { name: 'Limits' })
  await limits.getByRole('img', { name: '120 used, 880 left of 1,000 requests a month' }).waitFor()
  await expect
    .poll(() => linksIn(page, 'Below it').allInnerTexts())
    .toEqual(['acme app below acme', 'acme web below acme'])
  const spending = page.getByRole('region', { name: 'Usage by consumer and model' })
  const cellsOf = async () =>
    (await spending.locator('tbody tr').allInnerTexts()).map(text => text.split('\t').slice(0, 3))
  await expect.poll(cellsOf).toEqual([
    ['acme web', 'llama-3.1-8b-instant', '90'],
    ['acme app', 'gpt-oss-20b', '20'],
    ['acme app ios', 'llama-3.1-8b-instant', '6'],
    ['acme web', 'gpt-oss-20b', '4'],
  ])
  await spending.getByRole('link', { name: 'acme app ios' }).click()
  await page.getByRole('heading', { name: 'acme app ios' }).waitFor()
  const crumbs = page.locator('.crumbs')
  await expect.poll(() => crumbs.textContent()).toBe('Consumers / acme / acme app / acme app ios')
  expect(await page.locator('.facts').textContent()).toContain('llama-*')
  await crumbs.getByRole('link', { name: 'acme app' }).click()
  await limits.getByText('user alice').waitFor()
  await follow(page, `${fixture.origin}/consumers/acme%20web`)
  await page.getByRole('heading', { name: 'Of the plan pro' }).waitFor()
  await follow(page, `${fixture.origin}/consumers/nobody`)
  await page.getByText('Unknown consumer nobody.').waitFor()
  expect(faults.filter(fault => !/40[14]/.test(fault))).toEqual([])
})

test('a consumer is disabled, enabled and reset after confirmation', async () => {
  await using open = await openAsAdmin('/consumers/globex')
  const { page } = open
  const confirm = async (name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await page.getByText('quota spent').waitFor()
  await confirm('Reset today')
  await page.getByText('available', { exact: true }).waitFor()
  expect((await fixture.client.consumers.stats.query({ name: 'globex' })).limits).toMatchObject([{ used: 0 }])
  await confirm('Disable')
  await page.getByText('until it is enabled').waitFor()
  expect((await fixture.client.consumers.get.query({ name: 'globex' })).enabled).toBe(false)
  await confirm('Enable')
  await page.getByText('available', { exact: true }).waitFor()
})

test('a token is made, its secret is shown once and copied, and it is revoked', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await using open = await openAsAdmin('/consumers/acme')
  const { page } = open
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a token of acme' })
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await dialog
    .getByRole('alert')
    .getByText(/^name: must be/)
    .waitFor()
  await dialog.getByLabel('Name').fill('rotated')
  await dialog.getByLabel('read its figures').check()
  await dialog.getByRole('button', { name: 'Make it' }).click()
  const shown = page.getByRole('dialog', { name: 'The token rotated' })
  const secret = await shown.getByLabel('Secret').inputValue()
  expect(secret).toMatch(/^qk_[0-9A-Za-z]{32}$/)
  await shown.getByRole('button', { name: 'Copy' }).click()
  await shown.getByText('Copied.').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
  await shown.getByRole('button', { name: 'Done' }).click()
  const row = page.getByRole('row', { name: /^rotated / })
  expect((await row.getByRole('cell').allInnerTexts()).slice(0, 4)).toEqual([
    'call, read',
    'valid',
    'never',
    'never',
  ])
  expect(await page.content()).not.toContain(secret)
  const read = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${secret}` }
    return (await fetch(`${fixture.origin}/trpc/consumers.list`, { headers })).status
  }
  expect(await read()).toBe(200)
  await row.getByRole('button', { name: 'Revoke rotated' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await row.getByText('revoked').waitFor()
  expect(await row.getByRole('button').count()).toBe(0)
  await expect.poll(read).toBe(401)
})

describe('signed in with a token of a consumer', () => {
  test('only it and those below are shown, and what it may not call is hidden', async () => {
    await using open = await openSignedIn('/', await tokenOf('acme app', ['read']))
    const { page, faults } = open
    await page.getByRole('heading', { name: 'acme app', exact: true }).waitFor()
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Consumers'])
    await page.getByRole('cell', { name: 'gpt-oss-20b' }).waitFor()
    expect(await page.locator('.crumbs').textContent()).toBe('Consumers / acme app')
    for (const name of ['Disable', 'Reset today', 'Make a token'])
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    expect(await page.getByRole('columnheader', { name: 'Cost' }).count()).toBe(0)
    await page.getByRole('navigation').getByRole('link', { name: 'Consumers' }).click()
    await expect.poll(() => page.locator('.consumer-table tbody th').count()).toBe(2)
    expect(faults.filter(fault => !/401/.test(fault))).toEqual([])
    await page.goto(`${fixture.origin}/consumers/globex`)
    await page.getByText('globex cannot be shown:').waitFor()
    await page.goto(`${fixture.origin}/providers/groq_1`)
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
  })

  test('one that administers changes those below it, never itself, and makes no equal of itself', async () => {
    await using open = await openSignedIn('/', await tokenOf('acme', ['admin']))
    const { page } = open
    await page.getByRole('button', { name: 'Make a token' }).click()
    expect(await page.getByRole('dialog').getByRole('checkbox').count()).toBe(3)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('button', { name: 'Disable' }).count()).toBe(0)
    await page.getByRole('rowheader').getByRole('link', { name: 'acme web' }).first().click()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText('until it is enabled').waitFor()
    await page.getByRole('button', { name: 'Enable' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
    await page.getByText('until it is enabled').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Make a token' }).click()
    expect(await page.getByRole('dialog').getByRole('checkbox').count()).toBe(4)
  })

  test('one that may only call is not let in', async () => {
    await using open = await openSignedIn('/', await tokenOf('acme', ['call']))
    await open.page.getByRole('alert').getByText('it needs the scope "read"').waitFor()
  })
})

test('the limits of a consumer are edited; those of its plan are shown, and changed in the plan', async () => {
  const { client } = fixture
  const perUser = { metric: 'requests', window: 'hour', max: 9, per: 'user' } as const
  await client.consumers.upsert.mutate({ name: 'initech', plan: 'pro', limits: [perUser] })
  await using open = await openAsAdmin('/consumers/initech')
  const { page } = open
  await page.getByRole('button', { name: 'Edit limits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of initech' })
  await dialog.getByRole('heading', { name: 'Of the plan pro' }).waitFor()
  await dialog.getByText('100 requests a month').waitFor()
  const first = dialog.getByRole('group', { name: 'Limit 1' })
  expect(await first.getByLabel('counted separately for each user').isChecked()).toBe(true)
  await first.getByLabel('At most').fill('nonsense')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('Limit 1: "at most" must be a whole number').waitFor()
  await first.getByLabel('At most').fill('12')
  await dialog.getByRole('button', { name: 'Add a limit' }).click()
  const second = dialog.getByRole('group', { name: 'Limit 2' })
  await second.getByLabel('At most').fill('2.50')
  await second.getByRole('combobox').first().selectOption('cost')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The limits of initech are saved.').waitFor()
  const { limits, planLimits } = await client.consumers.get.query({ name: 'initech' })
  expect(limits).toMatchObject([
    { ...perUser, max: 12 },
    { metric: 'cost', window: 'day', max: 2_500_000, per: null },
  ])
  expect(planLimits).toMatchObject([{ metric: 'requests', window: 'month', max: 100 }])
})

test('a token that administers edits the limits of those below it, and hidden limits on cost stay', async () => {
  const { client } = fixture
  const cost = { metric: 'cost', window: 'month', max: 5_000_000 } as const
  await client.consumers.upsert.mutate({ name: 'hooli', limits: [] })
  await client.consumers.upsert.mutate({ name: 'hooli web', parent: 'hooli', limits: [cost] })
  await using open = await openSignedIn('/consumers/hooli%20web', await tokenOf('hooli', ['admin']))
  const { page } = open
  await page.getByRole('button', { name: 'Edit limits' }).click()
  const dialog = page.getByRole('dialog', { name: 'Limits of hooli web' })
  expect(await dialog.getByRole('group').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Add a limit' }).click()
  await dialog.getByLabel('At most').fill('7')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The limits of hooli web are saved.').waitFor()
  const { limits } = await client.consumers.get.query({ name: 'hooli web' })
  expect(limits.map(({ metric, max }) => [metric, max])).toEqual([
    ['requests', 7],
    ['cost', 5_000_000],
  ])
  await page.goto(`${fixture.origin}/consumers/hooli`)
  await page.getByRole('heading', { name: 'hooli', exact: true }).waitFor()
  await page.getByText('hooli web').first().waitFor()
  expect(await page.getByRole('button', { name: 'Edit limits' }).count()).toBe(0)
})

/** The states of the pages of consumers. */
const states: readonly (readonly [name: string, path: string, reach: (page: Page) => Promise<void>])[] = [
  ['the list', '/consumers', page => page.getByRole('link', { name: 'globex' }).first().waitFor()],
  ['no match', '/consumers?search=nobody', page => page.getByText('No consumer matches.').waitFor()],
  ['a consumer', '/consumers/acme', page => page.getByRole('row', { name: /^first / }).waitFor()],
  ['an unknown one', '/consumers/nobody', page => page.getByText('Unknown consumer nobody.').waitFor()],
  ['its calls', '/calls?under=acme', page => page.getByRole('cell', { name: 'acme web' }).first().waitFor()],
]

const dialogs: readonly (readonly [button: string, path: string])[] = [
  ['Make a token', '/consumers/acme'],
  ['Edit limits', '/consumers/acme%20web'],
  ['Disable', '/consumers/globex'],
  ['Reset today', '/consumers/globex'],
]

async function expectClean(page: Page, state: string, isAccessible = expectStateAccessible): Promise<void> {
  expect([state, await page.locator('h1').count()]).toEqual([state, 1])
  await isAccessible(page)
}

describe('accessible, and as wide as the window', () => {
  test('signed in as an admin, in any state', async () => {
    await using open = await openSignedOut('/consumers')
    const { page } = open
    await page.getByLabel('Token').waitFor()
    await expectClean(page, 'signing in')
    await signIn(page, 'a-guess')
    await page.getByRole('alert').waitFor()
    await expectClean(page, 'a wrong token')
    await signIn(page, tokens.QUOTA_ADMIN_TOKEN)
    await page.getByRole('link', { name: 'globex' }).first().waitFor()
    for (const [name, path, reach] of states) {
      await follow(page, `${fixture.origin}${path}`)
      await reach(page)
      await expectClean(page, name, expectAccessible)
    }
    for (const [button, path] of dialogs) {
      await follow(page, `${fixture.origin}${path}`)
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await expectClean(page, button)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  })

  test('signed in with a token of a consumer', async () => {
    const { secret } = await fixture.client.tokens.create.mutate({
      ...{ name: 'accessible', consumer: 'acme', scopes: ['admin'] },
    })
    await using open = await openSignedIn('/', secret ?? '')
    const { page } = open
    await page.getByRole('row', { name: /^first / }).waitFor()
    await expectClean(page, 'its consumer')
    await page.getByRole('button', { name: 'Revoke first' }).click()
    await page.getByRole('dialog').waitFor()
    await expectClean(page, 'revoking')
    await follow(page, `${fixture.origin}/consumers/globex`)
    await page.getByText('globex cannot be shown:').waitFor()
    await expectClean(page, 'one of others')
    await follow(page, `${fixture.origin}/calls`)
    await page.getByRole('cell', { name: 'acme app ios' }).first().waitFor()
    await expectClean(page, 'calls')
    await follow(page, `${fixture.origin}/providers/groq_1`)
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await expectClean(page, 'not found')
  })
})

test('pages have at most 100 rows', async () => {
  for (let batch = 0; batch < 4; batch++)
    await Promise.all(
      Array.from({ length: 26 }, (_, index) =>
        fixture.client.consumers.upsert.mutate({
          name: `tenant ${String(batch * 26 + index).padStart(3, '0')}`,
        }),
      ),
    )
  await using open = await openAsAdmin('/consumers?search=tenant')
  const rows = open.page.locator('.consumer-table tbody tr')
  await expect.poll(() => rows.count()).toBe(100)
  await open.page.getByRole('button', { name: 'Show more' }).click()
  await expect.poll(() => rows.count()).toBe(104)
  expect(open.faults.filter(fault => !/401/.test(fault))).toEqual([])
})

test('beyond 3 limits of a row and 200 sums of a consumer, the page states what it leaves out', async () => {
  const limits = (['minute', 'hour', 'day', 'week', 'month'] as const).map(window => {
    return { metric: 'requests', window, max: 1_000 } as const
  })
  await fixture.client.consumers.upsert.mutate({ name: 'the team', limits })
  for (let batch = 0; batch < 3; batch++)
    await Promise.all(
      Array.from({ length: 67 }, (_, index) =>
        fixture.client.usage.record.mutate({
          providerName: 'groq_1',
          consumer: 'the team',
          model: `model ${batch * 67 + index}`,
          requestCount: 1,
        }),
      ),
    )
  await using open = await openAsAdmin('/consumers?search=the+team')
  const { page } = open
  await page.getByText('and 2 more limits').waitFor()
  await page.getByRole('link', { name: 'the team' }).click()
  const spending = page.getByRole('region', { name: 'Usage by consumer and model' })
  await expect.poll(() => spending.locator('tbody tr').count()).toBe(200)
  expect(await spending.locator('code').textContent()).toBe(
    "qk usage summary --group-by consumer,model --days 30 --under 'the team'",
  )
})
