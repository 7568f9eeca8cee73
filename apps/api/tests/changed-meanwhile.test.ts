import {
  type Command,
  MemoryQuotaStore,
  type Outcome,
  parse,
  providerSchema,
  QuotaService,
  unchangedProvider,
} from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { applySamples } from '../src/config/apply-samples.js'
import { followPresets, withPreset } from '../src/config/preset-of-provider.js'
import { sampleSetup } from '../src/config/sample-setup.js'
import { adoptSamples } from '../src/keys/adopt-samples.js'
import { startTestApi } from './test-api.js'

const byApi = { actor: 'admin', managedBy: 'api' } as const
const log = { info: () => {}, warn: () => {}, error: () => {} }

/** A store in which somebody else is quicker, once: right before an upsert of this name. */
class InterruptedStore extends MemoryQuotaStore {
  #name: string | null = null
  #meanwhile: readonly Command[] = []

  before(name: string, ...meanwhile: readonly Command[]): void {
    this.#name = name
    this.#meanwhile = meanwhile
  }

  override async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const isAwaited = commands.some(
      command => command.type.startsWith('upsert') && 'name' in command && command.name === this.#name,
    )
    if (isAwaited) {
      this.#name = null
      await super.execute(this.#meanwhile)
    }
    return super.execute(commands)
  }
}

function interrupted() {
  const store = new InterruptedStore({ now: Date.now })
  return { store, service: new QuotaService({ store }) }
}

const removalOf = (name: string, kind: 'provider' | 'pool' = 'provider'): Command => ({
  ...{ type: 'removeSubject', kind, name, ...byApi },
})
const upsertOf = (name: string, settings: object): Command => ({
  ...{ type: 'upsertProvider', ...unchangedProvider, name, ...byApi, ...settings },
})

test('priorities bring back no provider that is removed while they are saved, and the others are', async () => {
  const { store, service } = interrupted()
  await using api = await startTestApi({ store })
  const { revision } = await api.client.routing.settings.query()
  store.before('groq_2', removalOf('groq_2'))
  const saved = await api.client.routing.update.mutate({
    ...{ expectedRevision: revision, strategy: 'priority', priorities: { groq_1: 1, groq_2: 2, groq_3: 3 } },
  })
  expect(saved.providers.slice(0, 2).map(({ name, priority }) => [name, priority])).toEqual([
    ['groq_1', 1],
    ['groq_3', 3],
  ])
  await expect(service.provider('groq_2')).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' })
})

test('new figures of a preset bring back neither a provider nor a pool that is removed meanwhile', async () => {
  const { store, service } = interrupted()
  const metadata = { preset: 'groq/free', presetLimits: { 'requests/day': 1 } }
  for (const name of ['alone', 'other'])
    await store.execute([upsertOf(name, { vendor: 'groq', limits: [], metadata })])
  store.before('alone', removalOf('alone'))
  await followPresets(service, log)
  expect((await service.providers()).map(({ name, limits }) => [name, limits.length > 0])).toEqual([
    ['other', true],
  ])
  await service.removeProvider({ name: 'other' }, byApi)
  await service.upsertPool(parse(providerSchema, { name: 'shared', limits: [] }), byApi)
  await store.execute([upsertOf('member', { vendor: 'groq', pool: 'shared', limits: [], metadata })])
  store.before('shared', removalOf('member'), removalOf('shared', 'pool'))
  await followPresets(service, log)
  expect([await service.providers(), await service.pools()]).toEqual([[], []])
})

test('a sample that is removed while its key is reported stays removed', async () => {
  const { store, service } = interrupted()
  await applySamples(sampleSetup({}), { service, log })
  store.before('groq_1', removalOf('groq_1'))
  const key = {
    ...{ providerName: 'groq_1', fingerprint: 'f', reason: null, variable: null },
    ...{ isNew: true, check: null },
  } as const
  await adoptSamples(service, [key, { ...key, providerName: 'groq_2' }], log)
  const rows = await service.providers()
  expect(rows.map(({ name }) => name)).not.toContain('groq_1')
  expect(rows.find(({ name }) => name === 'groq_2')?.managedBy).toBe('api')
})

test('a provider that somebody makes while the samples are added does not become one', async () => {
  const { store, service } = interrupted()
  store.before('groq_2', upsertOf('groq_2', { vendor: 'openai', limits: [] }))
  await applySamples(sampleSetup({}), { service, log })
  expect(await service.provider('groq_2')).toMatchObject({ vendor: 'openai', limits: [], managedBy: 'api' })
  expect(await service.provider('groq_3')).toMatchObject({ vendor: 'groq', managedBy: 'demo' })
})

test('a pool that somebody makes while a preset needs it keeps its limits', async () => {
  const { store, service } = interrupted()
  const limits = [{ metric: 'requests', window: 'day', max: 7 }] as const
  const { limits: own } = parse(providerSchema, { name: 'shared', limits })
  store.before('shared', {
    ...{ type: 'upsertSubject', kind: 'pool', name: 'shared', limits: own, ...byApi },
  })
  const request = parse(providerSchema, {
    ...{ name: 'a', vendor: 'groq', pool: 'shared', metadata: { preset: 'groq/free' } },
  })
  await withPreset(request, null, { service, actor: 'admin' })
  expect((await service.pools())[0]?.limits).toMatchObject(limits)
})

test('priorities leave what others change of a provider while they are saved', async () => {
  const { store, service } = interrupted()
  await using api = await startTestApi({ store })
  const { revision } = await api.client.routing.settings.query()
  store.before('groq_1', upsertOf('groq_1', { metadata: { label: 'mine' } }))
  const priorities = { groq_1: 1, groq_2: 2 }
  await api.client.routing.update.mutate({ expectedRevision: revision, strategy: 'priority', priorities })
  expect(await service.provider('groq_1')).toMatchObject({
    ...{ priority: 1, managedBy: 'api', metadata: { label: 'mine' } },
  })
  expect(await service.provider('groq_2')).toMatchObject({ priority: 2, managedBy: 'demo' })
})

test('a priority that others change while priorities are saved stays, and the request is refused: read again', async () => {
  const { store, service } = interrupted()
  await using api = await startTestApi({ store })
  const { revision } = await api.client.routing.settings.query()
  store.before('groq_1', upsertOf('groq_1', { priority: 7 }))
  const priorities = { groq_1: 1 }
  await expect(
    api.client.routing.update.mutate({ expectedRevision: revision, strategy: 'priority', priorities }),
  ).rejects.toMatchObject({ data: { quotaCode: 'REVISION_CHANGED', field: 'priorities.groq_1' } })
  expect((await service.provider('groq_1')).priority).toBe(7)
})

test('new figures of a preset leave what others change of a provider and a pool meanwhile', async () => {
  const { store, service } = interrupted()
  const metadata = { preset: 'groq/free', presetLimits: { 'requests/day': 1 } }
  const alone = { vendor: 'groq', limits: [], metadata, managedBy: 'demo' }
  await store.execute([upsertOf('alone', alone)])
  store.before('alone', upsertOf('alone', { metadata: { ...metadata, label: 'mine' } }))
  await followPresets(service, log)
  const followed = await service.provider('alone')
  expect(followed).toMatchObject({ managedBy: 'api', metadata: { label: 'mine', preset: 'groq/free' } })
  expect(followed.limits.length).toBeGreaterThan(0)
  const { limits: own } = parse(providerSchema, {
    ...{ name: 'shared', limits: [{ id: 'own', metric: 'requests', window: 'hour', max: 7 }] },
  })
  await service.upsertPool(parse(providerSchema, { name: 'shared', limits: [] }), byApi)
  await store.execute([upsertOf('member', { vendor: 'groq', pool: 'shared', limits: [], metadata })])
  store.before('shared', {
    ...{ type: 'upsertSubject', kind: 'pool', name: 'shared', limits: own, ...byApi },
  })
  await followPresets(service, log)
  const ids = (await service.pools())[0]?.limits.map(({ id }) => id) ?? []
  expect(ids).toContain('own')
  expect(ids.length).toBeGreaterThan(1)
})

test('a sample that somebody changes while its key is reported keeps the limits that it is given', async () => {
  const { store, service } = interrupted()
  await applySamples(sampleSetup({}), { service, log })
  const { limits } = parse(providerSchema, {
    ...{ name: 'groq_1', limits: [{ metric: 'requests', window: 'day', max: 7 }] },
  })
  store.before('groq_1', upsertOf('groq_1', { limits }))
  const key = {
    ...{ providerName: 'groq_1', fingerprint: 'f', reason: null, variable: null },
    ...{ isNew: true, check: null },
  } as const
  await adoptSamples(service, [key], log)
  expect((await service.provider('groq_1')).limits).toMatchObject([{ max: 7 }])
})

test('a pool that somebody gives limits while a preset needs it keeps them', async () => {
  const { store, service } = interrupted()
  await service.upsertPool(parse(providerSchema, { name: 'shared', limits: [] }), byApi)
  const { limits: own } = parse(providerSchema, {
    ...{ name: 'shared', limits: [{ metric: 'requests', window: 'day', max: 7 }] },
  })
  store.before('shared', {
    ...{ type: 'upsertSubject', kind: 'pool', name: 'shared', limits: own, ...byApi },
  })
  const request = parse(providerSchema, {
    ...{ name: 'a', vendor: 'groq', pool: 'shared', metadata: { preset: 'groq/free' } },
  })
  await withPreset(request, null, { service, actor: 'admin' })
  expect((await service.pools())[0]?.limits).toMatchObject([{ max: 7 }])
})
