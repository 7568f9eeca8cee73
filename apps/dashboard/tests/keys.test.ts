import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isThorough } from '@quotakeeper/test-kit'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { type GatewayFixture, startGatewayFixture } from './gateway-fixture.js'
import { openPage, startPageFixture } from './page-fixture.js'

const keys = {
  first: 'gsk-planted-first-111',
  second: 'gsk-planted-second-222',
  own: 'csk-planted-own-333',
  shared: 'mis-planted-shared-444',
}
const pasted = [
  'gsk_planted_a',
  'gsk_planted_b',
  'AIza_planted_a',
  'AIza_planted_b',
  'sk-or-planted-a',
  'sk-or-planted-b',
  'csk-planted-a',
  'mis-planted-a',
  'mis-planted-b',
]
const wrong = 'gsk-planted-wrong-999'

let context: BrowserContext
let fixture: GatewayFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([
    startContext(),
    startGatewayFixture({ apiKeys: [...Object.values(keys), ...pasted] }),
  ])
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

const form = (page: Page) => page.getByRole('form', { name: 'Add a key' })
const statusOf = async (model: string): Promise<number> => {
  const response = await fetch(`${fixture.gatewayOrigin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  return response.status
}

test('a key is added on the page, checked, used without a restart, replaced and removed; the API never has it', async () => {
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const { page, faults } = open
  const sent: string[] = []
  page.on('request', request => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByRole('alert').getByText('Enter the key.').waitFor()
  // One that the vendor refuses: nothing is made, and the cause is shown.
  await form(page).getByLabel('Key', { exact: true }).fill(wrong)
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByRole('alert').getByText('Not added. The vendor refuses the key (HTTP 401)').waitFor()
  await form(page).getByRole('button', { name: 'Add it anyway' }).waitFor()
  expect((await fixture.client.keys.entered.query()).keys).toEqual([])
  await form(page).getByLabel('Key', { exact: true }).fill(keys.first)
  expect(await form(page).getByRole('button', { name: 'Add it anyway' }).count()).toBe(0)
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByText('groq_1 is added. The vendor accepts the key.').waitFor()
  const groq = await fixture.client.providers.get.query({ name: 'groq_1' })
  expect(groq).toMatchObject({ managedBy: 'api', metadata: { preset: 'groq/free' } })
  await expect.poll(() => statusOf('groq_1/m')).toBe(200)

  // The second of the same account shares its quota unless that is declined.
  await form(page).getByText('Is it of the same Groq account as groq_1?').waitFor()
  await form(page).getByLabel('Key', { exact: true }).fill(keys.second)
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByText('groq_2 is added.').waitFor()
  for (const name of ['groq_1', 'groq_2'])
    expect((await fixture.client.providers.get.query({ name })).pool).toBe('groq-keys')
  const pool = (await fixture.client.pools.list.query({})).rows.find(({ name }) => name === 'groq-keys')
  expect(pool?.limits.length).toBeGreaterThan(0)

  // With limits of one's own, which the polls below do not spend, at an address of one's own.
  await form(page).getByRole('combobox', { name: 'Vendor' }).selectOption('Another vendor')
  await form(page).getByLabel('Name').fill('mine')
  await form(page).getByLabel('Base URL').fill(`${fixture.vendor.baseUrl}/`)
  await form(page).getByLabel('Key', { exact: true }).fill(keys.own)
  await form(page).getByLabel('my own').check()
  await form(page).getByLabel('At most').fill('20000')
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByText('mine is added.').waitFor()
  expect((await fixture.client.providers.get.query({ name: 'mine' })).limits).toMatchObject([
    { id: 'requests/day', max: 20_000 },
  ])
  await expect.poll(() => statusOf('mine/m')).toBe(200)

  await page.getByRole('button', { name: 'Replace the key of mine' }).click()
  const dialog = page.getByRole('dialog', { name: 'Enter the key of mine' })
  await dialog.getByLabel('Key').fill(wrong)
  await dialog.getByRole('button', { name: 'Check and enter' }).click()
  await dialog.getByRole('alert').getByText('Not entered. The vendor refuses the key').waitFor()
  await dialog.getByLabel('Key').fill(keys.first)
  await dialog.getByRole('button', { name: 'Check and enter' }).click()
  await page.getByText(/mine has a new key.*groq_1 has the same key/).waitFor()
  await page.getByRole('button', { name: 'Remove the key of mine' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('The key of mine is removed.').waitFor()
  await expect.poll(() => statusOf('mine/m')).toBe(503)

  expect(sent.some(text => text.includes('keys.enter'))).toBe(true)
  for (const text of [sent.join('\n'), fixture.output()]) expect(text).not.toContain('planted')
  expect(faults).toEqual([])
})

test('a key stays if another provider cannot join its pool, and the page says why', async () => {
  // A provider with a call in flight cannot change its pool.
  const name = 'mistral_busy'
  await fixture.client.providers.upsert.mutate({ name, vendor: 'mistral', limits: [] })
  const { reservationId } = await fixture.client.quota.reserve
    .mutate({ providerName: name, model: 'm' })
    .then(answer => (answer.decision === 'granted' ? answer : Promise.reject(new Error('denied'))))
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const { page } = open
  await form(page).getByRole('combobox', { name: 'Vendor' }).selectOption('mistral')
  await form(page).getByLabel('Key', { exact: true }).fill(keys.shared)
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByText('mistral_1 is added.').waitFor()
  await form(page)
    .getByText(/mistral_busy is not in the pool mistral-keys: /)
    .waitFor()
  expect((await fixture.client.providers.get.query({ name: 'mistral_1' })).pool).toBe('mistral-keys')
  const entered = (await fixture.client.keys.entered.query()).keys.map(({ providerName }) => providerName)
  expect(entered).toContain('mistral_1')
  await fixture.client.quota.release.mutate({ reservationId })
  for (const each of ['mistral_1', name]) await fixture.client.providers.remove.mutate({ name: each })
})

test('nine pasted lines make 8 providers, name 1 duplicate and ask 3 questions', async () => {
  const lines = [
    `GROQ_API_KEY=${pasted[0]}`,
    `export GROQ_API_KEY_2="${pasted[1]}"`,
    `GROQ_API_KEY_WORK=${pasted[0]}`,
    `GEMINI_API_KEY=${pasted[2]}`,
    `google,${pasted[3]},second project`,
    `openrouter,${pasted[4]}`,
    `OPENROUTER_API_KEY_2=${pasted[5]}`,
    `CEREBRAS_API_KEY='${pasted[6]}'`,
    `mistral,${pasted[7]},`,
    `nobody,${wrong}`,
  ]
  const before = (await fixture.client.keys.entered.query()).keys.length
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const { page, faults } = open
  const region = page.getByRole('region', { name: 'Paste several keys' })
  await region.getByRole('textbox').fill(lines.join('\n'))
  await region.getByText('8 keys, 1 duplicate, 1 skipped.').waitFor()
  await region.getByText('Line 3: the same Groq key as in line 1, taken once.').waitFor()
  await region.getByText(/Line 10 is skipped: "nobody" is no known vendor/).waitFor()
  expect(await region.getByRole('group').count()).toBe(3)
  await expectStateAccessible(page)
  await region
    .getByRole('group', { name: /Gemini/ })
    .getByLabel('no: each has its own')
    .check()
  await region.getByRole('button', { name: 'Check and add 8 keys' }).click()
  await region.getByText('8 added, 0 not added.').waitFor()
  expect(await region.getByRole('textbox').inputValue()).toBe(`nobody,${wrong}`)
  expect((await fixture.client.keys.entered.query()).keys.length).toBe(before + 8)
  const { rows } = await fixture.client.providers.list.query({ pageSize: 100 })
  const poolOf = (name: string) => rows.find(provider => provider.name === name)?.pool
  expect([poolOf('gemini_1'), poolOf('gemini_2'), poolOf('openrouter_2'), poolOf('mistral_1')]).toEqual([
    null,
    null,
    'openrouter-keys',
    null,
  ])
  expect(fixture.output()).not.toContain('planted')
  expect(faults).toEqual([])
})

test('a pasted key may share the quota of a provider that is there; lines that are not added stay', async () => {
  const { client } = fixture
  const siblings = async () =>
    (await client.providers.list.query({ pageSize: 100 })).rows.filter(({ vendor }) => vendor === 'mistral')
  if ((await siblings()).length === 0)
    await client.providers.upsert.mutate({ name: 'mistral_1', vendor: 'mistral' })
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const region = open.page.getByRole('region', { name: 'Paste several keys' })
  const lines = [
    '# mine',
    `mistral,${pasted[8]}`,
    `groq,${wrong}`,
    'nobody,x',
    `MISTRAL_API_KEY=${pasted[8]}`,
  ]
  await region.getByRole('textbox').fill(lines.join('\n'))
  await region.getByText('2 keys, 1 duplicate, 1 skipped.').waitFor()
  const question = region.getByRole('group', {
    name: 'Mistral: do mistral_1 and mistral_2 belong to one account?',
  })
  expect(await question.getByLabel('yes: they share one quota').isChecked()).toBe(true)
  await region.getByRole('button', { name: 'Check and add 2 keys' }).click()
  await region.getByText('1 added, 1 not added. What was not added is still in the field above.').waitFor()
  await region.getByText(/^groq_\d is not added: The vendor refuses the key \(HTTP 401\)/).waitFor()
  expect(await region.getByRole('textbox').inputValue()).toBe(`# mine\ngroq,${wrong}\nnobody,x`)
  expect((await siblings()).map(({ name, pool }) => [name, pool])).toEqual([
    ['mistral_1', 'mistral-keys'],
    ['mistral_2', 'mistral-keys'],
  ])
  await region.getByText(/^Line 3 is skipped: "nobody" is no known vendor/).waitFor()
})

test('of a pasted list of thousands of useless entries the first hundred are listed', async () => {
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const region = open.page.getByRole('region', { name: 'Paste several keys' })
  await region.getByRole('textbox').fill(JSON.stringify(Array(3_000).fill('useless')))
  await region.getByText('0 keys, 0 duplicates, 3000 skipped.').waitFor()
  await region.getByText('2900 more duplicates or skipped lines.').waitFor()
  expect(await region.getByRole('listitem').count()).toBe(101)
})

test('the page is accessible while a key is added, refused or replaced', async () => {
  await using open = await openPage(context, `${fixture.origin}/keys`)
  const { page } = open
  await page.getByRole('heading', { name: 'Keys in use' }).waitFor()
  await form(page).getByLabel('Key', { exact: true }).fill(wrong)
  await form(page).getByLabel('my own').check()
  await form(page).getByRole('button', { name: 'Check and add' }).click()
  await form(page).getByRole('alert').getByText('Not added. The vendor refuses the key').waitFor()
  await expectStateAccessible(page)
  await page
    .getByRole('button', { name: /Replace the key of / })
    .first()
    .click()
  await page.getByRole('dialog').waitFor()
  await expectStateAccessible(page)
})

/** More than the 60 rows that may be rendered. */
const manyProviders = isThorough ? 2_000 : 300

test('of many providers few rows are rendered, each is found, and the address keeps the search', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-many-'))
  const file = join(folder, 'many.yaml')
  const lines = Array.from(
    { length: manyProviders },
    (_, index) => `  - { name: key_${index}, vendor: groq }`,
  )
  await writeFile(file, `providers:\n${lines.join('\n')}\n`)
  await using own = await startPageFixture({ environment: { QUOTA_CONFIG: file } })
  await using open = await openPage(context, `${own.origin}/keys`)
  const { page, faults } = open
  const rows = page.locator('.key-row')
  await rows.first().waitFor()
  expect(await rows.count()).toBeLessThan(60)
  expect(await rows.first().getAttribute('aria-setsize')).toBe(String(manyProviders))
  await page.mouse.move(600, 600)
  await page.mouse.wheel(0, 1_000_000)
  await page.getByRole('link', { name: 'key_99', exact: true }).waitFor()
  expect(await rows.count()).toBeLessThan(60)
  await page.getByLabel('Find').fill('KEY_234')
  await page.getByRole('link', { name: 'key_234' }).waitFor()
  await expect.poll(() => rows.count()).toBe(1)
  await page.reload()
  await page.getByRole('link', { name: 'key_234' }).waitFor()
  await page.getByLabel('Find').fill('nobody')
  await page.getByText('No provider matches.').waitFor()
  expect(faults).toEqual([])
  await rm(folder, { recursive: true })
})

test('without a gateway that has a sealing key the page says what to set', async () => {
  await using own = await startPageFixture()
  await using open = await openPage(context, `${own.origin}/keys`)
  await open.page.getByText(/no gateway is running/).waitFor()
  expect(await form(open.page).count()).toBe(0)
})
