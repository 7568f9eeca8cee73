import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, RoutingFact } from '@quotakeeper/db'
import {
  type Command,
  MemoryQuotaStore,
  type Outcome,
  QuotaError,
  type QuotaStore,
} from '@quotakeeper/quota-core'
import { createApiDatabase, startPostgres } from '@quotakeeper/test-kit'
import { describe, expect, test } from 'vitest'
import { makeFolder, startApiInstance, startApiProcess } from './api-process.js'
import { startTestApi, type TestApi } from './test-api.js'

/** A store that cannot be reached for one execution. */
class FailingStore extends MemoryQuotaStore {
  failsNext = false

  override async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const fails = this.failsNext
    this.failsNext = false
    if (fails) throw new QuotaError('STORE_UNAVAILABLE', 'the database does not answer; try again shortly')
    return super.execute(commands)
  }
}

/** Three providers: two serve `llama-*`, one everything. */
async function startWithProviders(
  environment: Readonly<Record<string, string>> = {},
  store?: QuotaStore,
): Promise<TestApi> {
  const api = await startTestApi({ environment, ...(store && { store }) })
  const { upsert } = api.client.providers
  for (const { name } of (await api.client.providers.list.query()).rows)
    await api.client.providers.remove.mutate({ name })
  await upsert.mutate({ name: 'groq_1', vendor: 'groq', models: ['llama-*'], limits: [] })
  await upsert.mutate({ name: 'groq_2', vendor: 'groq', models: ['llama-*'], limits: [] })
  await upsert.mutate({ name: 'gemini_1', vendor: 'gemini', limits: [] })
  return api
}

const settingsOf = (api: TestApi) => api.client.routing.settings.query()

describe('settings of routing', () => {
  test('are replaced as a whole, say who made them, and return to their defaults', async () => {
    await using api = await startWithProviders()
    const { revision, managedBy } = await settingsOf(api)
    expect(managedBy).toEqual({ strategy: 'default', maxWaitMs: 'default', aliases: 'default' })
    const aliases = { fast: ['groq/llama-8b', 'gemini_1/gemini-flash'] }
    const saved = await api.client.routing.update.mutate({
      ...{ expectedRevision: revision, strategy: 'priority', aliases },
      priorities: { groq_2: 5 },
    })
    expect(saved).toMatchObject({
      ...{ strategy: 'priority', maxWaitMs: 5_000, aliases, overridden: [], configFile: null },
      managedBy: { strategy: 'api', maxWaitMs: 'default', aliases: 'api' },
    })
    expect(saved.providers.map(({ name, priority }) => [name, priority])).toEqual([
      ['gemini_1', 100],
      ['groq_1', 100],
      ['groq_2', 5],
    ])
    expect(await api.client.routing.get.query()).toMatchObject({ strategy: 'priority', aliases })
    const back = await api.client.routing.update.mutate({ expectedRevision: saved.revision, maxWaitMs: 0 })
    expect(back).toMatchObject({
      ...{ strategy: 'most-remaining', maxWaitMs: 0, aliases: {} },
      managedBy: { strategy: 'default', maxWaitMs: 'api', aliases: 'default' },
    })
    // Priorities that are not named stay.
    expect(back.providers).toContainEqual(expect.objectContaining({ name: 'groq_2', priority: 5 }))
  })

  test('of two editors, the second gets a conflict, and nothing of its change is saved', async () => {
    await using api = await startWithProviders()
    const { revision } = await settingsOf(api)
    const update = (strategy: 'priority' | 'round-robin', priority: number) =>
      api.client.routing.update.mutate({
        ...{ expectedRevision: revision, strategy, priorities: { groq_1: priority } },
      })
    await update('priority', 1)
    await expect(update('round-robin', 2)).rejects.toMatchObject({
      message: expect.stringContaining('read it again'),
      data: { code: 'CONFLICT', httpStatus: 409, quotaCode: 'REVISION_CHANGED', field: 'expectedRevision' },
    })
    const now = await settingsOf(api)
    expect(now.strategy).toBe('priority')
    expect(now.providers).toContainEqual(expect.objectContaining({ name: 'groq_1', priority: 1 }))
    // A priority that was changed elsewhere matters to those who order, and to nobody else.
    await api.client.providers.upsert.mutate({ name: 'groq_2', priority: 7 })
    const order = { expectedRevision: now.revision, priorities: { groq_1: 3 } }
    await expect(api.client.routing.update.mutate(order)).rejects.toMatchObject({
      data: { quotaCode: 'REVISION_CHANGED' },
    })
    const other = { expectedRevision: now.revision, strategy: 'soonest-reset' } as const
    expect((await api.client.routing.update.mutate(other)).strategy).toBe('soonest-reset')
  })

  test('if the store fails before the priorities are changed, the same update finishes it', async () => {
    const store = new FailingStore({ now: Date.now })
    await using api = await startWithProviders({}, store)
    const { revision } = await settingsOf(api)
    const priorities = { groq_1: 1, groq_2: 2 }
    const update = { expectedRevision: revision, strategy: 'priority', priorities } as const
    store.failsNext = true
    await expect(api.client.routing.update.mutate(update)).rejects.toMatchObject({
      data: { quotaCode: 'STORE_UNAVAILABLE' },
    })
    expect(await settingsOf(api)).toMatchObject({
      strategy: 'priority',
      revision: expect.not.stringMatching(revision),
    })
    // Of others it is a conflict.
    const other = { ...update, priorities: { groq_1: 9 } }
    await expect(api.client.routing.update.mutate(other)).rejects.toMatchObject({
      data: { quotaCode: 'REVISION_CHANGED' },
    })
    const saved = await api.client.routing.update.mutate(update)
    expect(saved.providers.map(({ name, priority }) => [name, priority])).toEqual([
      ['gemini_1', 100],
      ['groq_1', 1],
      ['groq_2', 2],
    ])
    // An answer that was lost makes it no conflict either.
    expect(await api.client.routing.update.mutate(update)).toEqual(saved)
  })

  const longName = 'x'.repeat(201)
  const manyModels = Array.from({ length: 101 }, (_, index) => `m${index}`)
  const aliasesOf = (count: number, models: readonly string[]) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, models]))
  const manyPriorities = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`p${index}`, 1]))
  test.each([
    ['an unknown strategy', { strategy: 'cheapest' }, 'strategy'],
    ['a negative wait', { maxWaitMs: -1 }, 'maxWaitMs'],
    ['a wait beyond an hour', { maxWaitMs: 3_600_001 }, 'maxWaitMs'],
    ['an alias without models', { aliases: { fast: [] } }, 'aliases.fast'],
    ['an alias with 101 models', { aliases: { fast: manyModels } }, 'aliases.fast'],
    ['a long alias', { aliases: { [longName]: ['m'] } }, `aliases.${longName}`],
    ['a long model', { aliases: { fast: [longName] } }, 'aliases.fast.0'],
    ['201 aliases', { aliases: aliasesOf(201, ['m']) }, 'aliases'],
    ['1,100 models', { aliases: aliasesOf(11, manyModels.slice(0, 100)) }, 'aliases'],
    ['a priority that is too high', { priorities: { groq_1: 1_000_001 } }, 'priorities.groq_1'],
    ['a broken priority', { priorities: { groq_1: 0.5 } }, 'priorities.groq_1'],
    ['1,001 priorities', { priorities: manyPriorities }, 'priorities'],
    ['prices', { prices: {} }, 'prices'],
    ['endUserFrom', { endUserFrom: 'body' }, 'endUserFrom'],
  ])('are bounded and strict: %s is refused', async (_, more, field) => {
    await using api = await startWithProviders()
    const { revision } = await settingsOf(api)
    const input = { expectedRevision: revision, ...more }
    const response = await api.sendJson('/api/v1/routing/settings', input, { method: 'PUT' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'INVALID_INPUT', field })
    expect((await settingsOf(api)).revision).toBe(revision)
  })

  test('at their bounds are saved, and an unknown provider is named', async () => {
    await using api = await startWithProviders()
    const { revision } = await settingsOf(api)
    const aliases = {
      ...aliasesOf(190, ['m']),
      ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`b${index}`, manyModels.slice(0, 100)])),
    }
    await expect(
      api.client.routing.update.mutate({ expectedRevision: revision, aliases, priorities: { nobody: 1 } }),
    ).rejects.toMatchObject({ data: { quotaCode: 'UNKNOWN_PROVIDER', field: 'priorities.nobody' } })
    expect((await settingsOf(api)).revision).toBe(revision)
    const saved = await api.client.routing.update.mutate({ expectedRevision: revision, aliases })
    expect(Object.keys(saved.aliases)).toHaveLength(198)
  })
})

test('what the file makes is refused by its name, and a file that makes it later wins and says so', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const file = join(folder.path, 'quotakeeper.config.yaml')
  const provider = 'providers:\n  - { name: one, vendor: groq, priority: 3 }\n'
  await writeFile(file, `${provider}routing: { strategy: round-robin }\n`)
  await using api = await startApiProcess(folder, { QUOTA_DATABASE_URL: database.url })
  const settings = () => api.client.routing.settings.query()
  const { revision, configFile } = await settings()
  expect(configFile).toBe('quotakeeper.config.yaml')
  const update = (more: object) => api.client.routing.update.mutate({ expectedRevision: revision, ...more })
  await expect(update({ strategy: 'priority' })).rejects.toMatchObject({
    message: 'strategy is managed by the configuration file; change it there (quotakeeper.config.yaml)',
    data: { httpStatus: 409, quotaCode: 'MANAGED_BY_FILE', field: 'strategy', configFile },
  })
  await expect(update({ priorities: { one: 4 } })).rejects.toMatchObject({
    message: expect.stringContaining('the priority of "one" is managed by the configuration file'),
    data: { quotaCode: 'MANAGED_BY_FILE', field: 'priorities.one' },
  })
  const aliases = { fast: ['llama-8b'] }
  const saved = await update({ aliases, priorities: { one: 3 } })
  expect(saved.managedBy).toEqual({ strategy: 'file', maxWaitMs: 'default', aliases: 'api' })
  await writeFile(file, `${provider}routing: { aliases: { fast: [other] } }\n`)
  await expect
    .poll(settings)
    .toMatchObject({ aliases: { fast: ['other'] }, overridden: ['aliases'], strategy: 'most-remaining' })
  await api.process.waitForOutput(/those made over the API are not used/)
  // Saving another setting keeps the ones that the file hides.
  const { revision: hidden } = await settings()
  await api.client.routing.update.mutate({ expectedRevision: hidden, maxWaitMs: 1 })
  await writeFile(file, provider)
  await expect.poll(settings).toMatchObject({ aliases, overridden: [], maxWaitMs: 1 })
  await api.process.waitForOutput(/those made over the API are used/)
  const { rows } = await api.client.audit.list.query({ subject: { kind: 'routing', name: 'routing' } })
  expect(rows.map(({ details }) => details)).toEqual([{ maxWaitMs: 1 }, { aliases }])
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test('a database that does not answer is named, and nothing is lost or half saved when it is back', async () => {
  await using folder = await makeFolder()
  await using postgres = await startPostgres()
  await using api = await startApiInstance(folder, {
    QUOTA_DATABASE_URL: postgres.url,
    QUOTA_LOG_LEVEL: 'fatal',
  })
  const { revision } = await api.client.routing.settings.query()
  await postgres.halt('immediate')
  const unavailable = {
    message: 'the quota store does not answer; try again',
    data: { httpStatus: 503, quotaCode: 'STORE_UNAVAILABLE' },
  }
  const update = { expectedRevision: revision, strategy: 'priority' } as const
  await expect(api.client.routing.settings.query()).rejects.toMatchObject(unavailable)
  await expect(api.client.routing.update.mutate(update)).rejects.toMatchObject(unavailable)
  await expect(api.client.routing.explain.mutate({ model: 'm' })).rejects.toMatchObject(unavailable)
  await postgres.resume()
  await expect.poll(() => api.client.routing.settings.query().catch(() => null)).toMatchObject({ revision })
  expect((await api.client.routing.update.mutate(update)).strategy).toBe('priority')
})

describe('a dry run', () => {
  const usesIn = (plan: Awaited<ReturnType<TestApi['client']['routing']['explain']['mutate']>>) =>
    plan.candidates.map(({ providerName, model, use }) => `${providerName}/${model}: ${use}`)

  test('answers by proposed settings as a save would, and saves nothing', async () => {
    await using api = await startWithProviders()
    const before = await settingsOf(api)
    const explain = (more: object = {}) =>
      api.client.routing.explain.mutate({ model: 'fast', inputTokenCount: 10, ...more })
    // Until there is an alias, this is a model that only one provider serves.
    expect(usesIn(await explain())).toEqual(['gemini_1/fast: first'])
    const aliases = { fast: ['groq/llama-8b', 'gemini-flash'] }
    const proposed = { strategy: 'priority', aliases, priorities: { groq_2: 1 } } as const
    const dry = await explain({ proposed })
    expect(usesIn(dry)).toEqual([
      'groq_2/llama-8b: first',
      'groq_1/llama-8b: next',
      'gemini_1/groq/llama-8b: next',
      'gemini_1/gemini-flash: next',
    ])
    expect(dry).toMatchObject({ isAlias: true, strategy: 'priority', leftOut: 0, retryAt: null })
    expect(dry.candidates.map(({ onlyIfUnknown }) => onlyIfUnknown)).toEqual([false, false, true, false])
    expect(await settingsOf(api)).toEqual(before)
    const { revision } = before
    await api.client.routing.update.mutate({ expectedRevision: revision, ...proposed })
    expect(await explain()).toEqual(dry)
  })

  test('says why keys are not used, and when one is back', async () => {
    await using api = await startWithProviders()
    const limits = [{ metric: 'requests', window: 'day', max: 1 } as const]
    await api.client.providers.upsert.mutate({ name: 'groq_1', limits })
    await api.client.usage.record.mutate({ providerName: 'groq_1' })
    await api.client.providers.setEnabled.mutate({ name: 'groq_2', enabled: false })
    await api.client.providers.remove.mutate({ name: 'gemini_1' })
    const plan = await api.client.routing.explain.mutate({ model: 'llama-8b' })
    const reasons = plan.candidates.map(({ providerName, use, reasons: own }) => [
      ...[providerName, use],
      ...own.map(({ code }) => code),
    ])
    expect(reasons.toSorted()).toEqual([
      ['groq_1', 'not_used', 'exhausted'],
      ['groq_2', 'not_used', 'disabled'],
    ])
    expect(Date.parse(plan.retryAt ?? '')).toBeGreaterThan(Date.now())
    expect((await api.client.routing.explain.mutate({ model: 'nobody-has-it' })).candidates).toEqual([])
  })

  test('is bounded, and names the field of invalid input', async () => {
    await using api = await startWithProviders()
    const models = Array.from({ length: 100 }, (_, index) => `llama-${index}`)
    const aliases = { fast: models }
    const plan = await api.client.routing.explain.mutate({ model: 'fast', proposed: { aliases } })
    expect([plan.candidates.length, plan.leftOut]).toEqual([200, 100])
    for (const [input, field] of [
      [{}, 'model'],
      [{ model: 'm', candidates: [] }, 'candidates'],
      [{ model: 'm', strategy: 'priority' }, 'strategy'],
      [{ model: 'm', id: '0197a1c0-0000-7000-8000-000000000001' }, 'id'],
      [{ model: 'm', inputTokenCount: -1 }, 'inputTokenCount'],
      [{ model: 'm', proposed: { maxWaitMs: 1 } }, 'proposed.maxWaitMs'],
      [{ model: 'm', proposed: { priorities: { nobody: 1 } } }, 'priorities.nobody'],
    ] as const) {
      const response = await api.sendJson('/api/v1/routing/explain', input)
      expect(response.status).toBe(field === 'priorities.nobody' ? 404 : 400)
      expect(await response.json()).toMatchObject({ field })
    }
  })
})

test('stored settings that cannot be read stop no calls, are reported once, and are replaced by the next change', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const opened = await openDatabase(database.url)
  const fact = new RoutingFact(opened)
  const change = { actor: 'test', details: {} }
  await fact.replace(null, '{"change":1,"strategy":"of-a-later-release"}', change)
  await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url })
  const { revision, strategy, managedBy } = await api.client.routing.settings.query()
  expect([strategy, managedBy.strategy]).toEqual(['most-remaining', 'default'])
  expect((await api.client.routing.get.query()).strategy).toBe('most-remaining')
  await api.instance.waitForOutput(/cannot be read and are not used: save them again/)
  const update = { expectedRevision: revision, strategy: 'priority' } as const
  expect((await api.client.routing.update.mutate(update)).strategy).toBe('priority')
  expect(api.instance.output().split('cannot be read and are not used')).toHaveLength(2)
  await api[Symbol.asyncDispose]()
  await opened.close()
  await database.drop()
})
