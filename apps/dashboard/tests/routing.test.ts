import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectStateAccessible } from './axe.js'
import { startContext } from './browser.js'
import { openPage, type PageFixture, startPageFixture } from './page-fixture.js'

let context: BrowserContext
let fixture: PageFixture

beforeAll(async () => {
  ;[context, fixture] = await Promise.all([startContext(), startPageFixture()])
})

afterAll(async () => {
  await context?.close()
  await fixture?.[Symbol.asyncDispose]()
})

const settings = () => fixture.client.routing.settings.query()

/** Every provider at one place, and no alias. */
beforeEach(async () => {
  const { revision, providers } = await settings()
  const priorities = Object.fromEntries(providers.map(({ name }) => [name, 100]))
  await fixture.client.routing.update.mutate({ expectedRevision: revision, priorities })
})

async function openRouting(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Order of providers' }).waitFor()
}

const placesOf = (page: Page) =>
  page
    .getByRole('list', { name: /^Place / })
    .evaluateAll(lists =>
      lists.map(list => [...list.querySelectorAll('a')].map(link => link.textContent).join('=')),
    )

test('strategy, alias and order are tried, saved after confirmation, and shown to the next reader', async () => {
  await using open = await openPage(context, `${fixture.origin}/`)
  const { page, faults } = open
  await page.getByRole('link', { name: 'Routing' }).click()
  await openRouting(page)
  expect(await placesOf(page)).toEqual(['groq_1=groq_2=groq_3=huggingface_1=huggingface_2'])
  await page.getByRole('radio', { name: /^priority/ }).check()
  // By keyboard alone; the focus goes with the provider.
  await page.getByRole('button', { name: 'Move groq_3 up' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('groq_3 is at place 1 of 2.').waitFor()
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  await expect.poll(focused).toBe('Move groq_3 up')
  await page.keyboard.press('Enter')
  expect(await placesOf(page)).toEqual(['groq_3', 'groq_1=groq_2=huggingface_1=huggingface_2'])
  await page.getByRole('button', { name: 'Add an alias' }).click()
  await page.getByLabel('Name').fill('fast')
  await page.getByLabel('Model 1', { exact: true }).fill('groq_2/llama-8b')
  await page.getByRole('button', { name: 'Add a model' }).click()
  await page.getByLabel('Model 2', { exact: true }).fill('llama-8b')
  await page.getByRole('button', { name: 'Move model 2 up' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('Move model 1 up')
  expect(await page.getByLabel('Model 1', { exact: true }).inputValue()).toBe('llama-8b')

  await page.getByLabel('Model or alias').fill('fast')
  await page.getByLabel('Input tokens (optional)').fill('many')
  await page.getByRole('button', { name: 'Try' }).click()
  await page.getByRole('alert').getByText('Input tokens must be a whole number.').waitFor()
  await page.getByLabel('Input tokens (optional)').fill('10')
  await page.getByRole('button', { name: 'Try' }).click()
  const drafted = page.locator('.routing-plan', {
    has: page.getByRole('heading', { name: 'With your changes' }),
  })
  await drafted.waitFor()
  const first = drafted.getByRole('row', { name: /would be used first/ })
  expect(await first.getByRole('link').textContent()).toBe('groq_3')
  expect(await first.getByRole('cell').first().textContent()).toBe('llama-8b')
  await page.getByRole('heading', { name: 'As it is now' }).waitFor()
  // Nothing is saved so far.
  expect(await settings()).toMatchObject({ strategy: 'most-remaining', aliases: {} })

  await page.getByText('Changed: strategy, aliases, order of providers.').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog', { name: 'Save the routing?' }).getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('The routing is saved.').waitFor()
  await page.getByText('The settings or your changes have changed since this dry run: try again.').waitFor()
  expect(await drafted.count()).toBe(0)
  const saved = await settings()
  expect(saved).toMatchObject({
    ...{ strategy: 'priority', aliases: { fast: ['llama-8b', 'groq_2/llama-8b'] } },
    managedBy: { strategy: 'api', aliases: 'api', maxWaitMs: 'default' },
  })
  await page.reload()
  await openRouting(page)
  expect(await placesOf(page)).toEqual(['groq_3', 'groq_1=groq_2=huggingface_1=huggingface_2'])
  expect(await page.getByLabel('Name').inputValue()).toBe('fast')
  expect(faults).toEqual([])
})

test('a draft with a fault is not saved, and can be discarded', async () => {
  await using open = await openPage(context, `${fixture.origin}/routing`)
  const { page } = open
  await page.getByLabel(/^Longest wait/).fill('5 s')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByText('whole number of milliseconds').waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  expect(await page.getByLabel(/^Longest wait/).inputValue()).toBe('5000')
  expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
})

test('a change by somebody else is reported, and does not go lost', async () => {
  await using open = await openPage(context, `${fixture.origin}/routing`)
  const { page } = open
  await page.getByRole('radio', { name: /^round-robin/ }).check()
  const { revision } = await settings()
  await fixture.client.routing.update.mutate({ expectedRevision: revision, strategy: 'soonest-reset' })
  await page.getByRole('alert').getByText('Routing was changed by somebody else').waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect.poll(() => page.getByRole('radio', { name: /^soonest-reset/ }).isChecked()).toBe(true)
  expect((await settings()).strategy).toBe('soonest-reset')
})

test('of two pages that save at once, the second gets an error and changes nothing', async () => {
  await using open = await openPage(context, `${fixture.origin}/routing`)
  const { page } = open
  await page.getByRole('radio', { name: /^round-robin/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const { revision } = await settings()
  await fixture.client.routing.update.mutate({ expectedRevision: revision, strategy: 'priority' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('routing was changed since it was read').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('alert').getByText('Discard your changes to see it').waitFor()
  expect((await settings()).strategy).toBe('priority')
})

test('what the file manages is read-only, and names the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-routing-'))
  const file = join(folder, 'routing.yaml')
  await writeFile(
    file,
    'providers:\n  - { name: one, vendor: groq, priority: 1 }\nrouting: { strategy: priority, aliases: { fast: [llama-8b] } }\n',
  )
  await using filed = await startPageFixture({ environment: { QUOTA_CONFIG: file } })
  await filed.client.providers.upsert.mutate({ name: 'two', vendor: 'groq' })
  await using open = await openPage(context, `${filed.origin}/routing`)
  const { page } = open
  const strategy = page.getByRole('region', { name: 'Strategy' })
  await strategy.getByText(`Managed by ${file}: change it there.`).waitFor()
  expect(await strategy.getByRole('radio', { name: /^priority/ }).isDisabled()).toBe(true)
  expect(await page.getByLabel('Name').getAttribute('readonly')).toBe('')
  expect(await page.getByRole('button', { name: 'Add an alias' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Move one up' }).count()).toBe(0)
  // A provider of the API moves around that of the file.
  await page.getByRole('button', { name: 'Move two up' }).click()
  await page.getByRole('button', { name: 'Move two up' }).click()
  expect(await placesOf(page)).toEqual(['two', 'one'])
  await expectStateAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('The routing is saved.').waitFor()
  const { providers, managedBy } = await filed.client.routing.settings.query()
  expect(providers.map(({ name, priority }) => [name, priority])).toEqual([
    ['one', 1],
    ['two', -9],
  ])
  expect(managedBy.strategy).toBe('file')
  await rm(folder, { recursive: true })
})

test('the page is accessible while editing, after a dry run, and in a conflict', async () => {
  await using open = await openPage(context, `${fixture.origin}/routing`)
  const { page } = open
  await page.getByRole('button', { name: 'Add an alias' }).click()
  await page.getByLabel('Name').fill('fast')
  await page.getByLabel('Model 1', { exact: true }).fill('llama-8b')
  await page.getByLabel('Model or alias').fill('fast')
  await page.getByRole('button', { name: 'Try' }).click()
  await page.getByRole('heading', { name: 'With your changes' }).waitFor()
  await expectStateAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor()
  await expectStateAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  const { revision, maxWaitMs } = await settings()
  await fixture.client.routing.update.mutate({ expectedRevision: revision, maxWaitMs: maxWaitMs + 1 })
  await page.getByRole('alert').waitFor()
  await expectStateAccessible(page)
})
