import { randomUUID } from 'node:crypto'
import {
  type Alert,
  type Answer,
  type Command,
  type Counter,
  examineStore,
  type Limit,
  MemoryQuotaStore,
  noCounts,
  type PlainOwner,
  QuotaService,
  type QuotaStore,
  type StoreListener,
  SubjectKinds,
  subjectKinds,
} from '@quotakeeper/quota-core'
import { expect, onTestFinished, test } from 'vitest'
import { PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

/** Not one of the release's kinds: it is in the table that is given to the stores of this test, and nowhere else. */
const team = 'team' as PlainOwner['kind']
const kinds = new SubjectKinds([
  ...subjectKinds,
  {
    kind: team,
    parentKind: team,
    maxLevels: 4,
    templateKind: null,
    nameIn: call => call.consumer,
    isOptional: true,
    resetsParent: false,
    unknownCode: 'INVALID_INPUT',
  },
])

interface Fixture {
  /** A store of a process of its own; on memory there is one. */
  readonly open: (listener?: StoreListener) => QuotaStore
}

async function onMemory(): Promise<Fixture> {
  let only: QuotaStore | null = null
  return {
    open: listener => {
      only ??= new MemoryQuotaStore({ now: Date.now, kinds, ...(listener && { listener }) })
      return only
    },
  }
}

const fixtures: readonly { readonly name: string; readonly open: () => Promise<Fixture> }[] = [
  { name: 'memory', open: onMemory },
  ...engines().map(engine => ({
    name: engine.name,
    open: async (): Promise<Fixture> => {
      const database = await openMigrated(engine)
      onTestFinished(() => database[Symbol.asyncDispose]())
      return {
        open: listener => new PostgresQuotaStore({ database, kinds, ...(listener && { listener }) }),
      }
    },
  })),
]

const admin = { actor: 'admin', managedBy: 'api' } as const
const unchanged = { timeZone: undefined, dayStartsAt: undefined, thresholdsPercent: undefined } as const

function limit(max: number, over: Partial<Limit> = {}): Limit {
  const rest = { model: null, per: null, mode: 'enforce', countsCached: true } as const
  const { metric = 'requests', window = 'day' } = over
  return { id: `${metric}/${window}`, metric, window, max, ...rest, ...over }
}

/** A store with the provider `key`, and what one does with it. */
class World {
  readonly store: QuotaStore

  constructor(store: QuotaStore) {
    this.store = store
  }

  async answer(command: Command): Promise<Answer> {
    const [outcome] = await this.store.execute([command])
    if (outcome === undefined || !outcome.ok) throw outcome?.error
    return outcome.answer
  }

  async provider(name: string, max: number): Promise<void> {
    const settings = { vendor: 'v', pool: undefined, models: undefined, priority: undefined }
    const others = { onExpiry: undefined, metadata: undefined, limits: [limit(max)] }
    await this.answer({ type: 'upsertProvider', name, ...settings, ...others, ...unchanged, ...admin })
  }

  async team(name: string, limits: readonly Limit[], parent?: string | null): Promise<void> {
    await this.answer({ type: 'upsertSubject', kind: team, name, parent, limits, ...unchanged, ...admin })
  }

  /** The id of the reservation; null where it was denied. */
  async reserve(consumer: string, { ttlMs = 600_000, providerName = 'key' } = {}): Promise<string | null> {
    const id = randomUUID()
    const counts = { ...noCounts, requestCount: 1 }
    const request = { counts, atLeast: null, requestId: '', consumer, ttlMs, hash: '' }
    const answer = await this.answer({ type: 'reserve', id, providerName, model: 'm', ...request })
    return 'decision' in answer && answer.decision === 'granted' ? id : null
  }

  async commit(reservationId: string | null, requestCount = 1): Promise<void> {
    if (reservationId === null) throw new Error('it was denied')
    const counts = { ...noCounts, requestCount }
    const settled = { counts, estimated: false, outcome: 'succeeded', hash: 'c' } as const
    await this.answer({ type: 'commit', reservationId, ...settled })
  }

  async record(consumer: string, requestCount: number): Promise<void> {
    const counts = { ...noCounts, requestCount }
    const call = { providerName: 'key', model: 'm', counts, requestId: '', consumer, occurredAtMs: null }
    await this.answer({ type: 'record', id: randomUUID(), ...call, metadata: {}, hash: '' })
  }

  /** Used and held of each limit of a subject; and the store does not contradict itself. */
  async expect(figures: Readonly<Record<string, readonly [used: number, held: number]>>): Promise<void> {
    const { state } = await this.store.read({ type: 'snapshot', providerNames: null, counters: 'all' })
    const found = Object.keys(figures).map(key => {
      const [kind = '', name = ''] = key.split(' ')
      // Kinds of this test.
      const counters: readonly Counter[] = [...state.counters({ kind: kind as typeof team, name })]
      const sum = (of: (counter: Counter) => unknown) =>
        counters.reduce((all, each) => all + Number(of(each)), 0)
      return [key, [sum(({ used }) => used), sum(({ held }) => held)]]
    })
    expect(Object.fromEntries(found)).toEqual(figures)
    expect(await examineStore(this.store, null)).toEqual([])
  }
}

test.each(fixtures)(
  'calls for a team meet its limits and its parent’s, all or nothing, on $name',
  async fixture => {
    const heard: Alert[] = []
    const { open } = await fixture.open()
    const world = new World(open({ onAlert: alert => void heard.push(alert) }))
    await world.provider('key', 100)
    await world.team('all', [limit(5)])
    await world.team('web', [limit(3)], 'all')
    await world.team('app', [limit(10)], 'all')
    for (let call = 0; call < 3; call++) await world.commit(await world.reserve('web'))
    expect(await world.reserve('web'), 'its own limit').toBeNull()
    const held = [await world.reserve('app'), await world.reserve('app')]
    expect(await world.reserve('app'), 'its parent’s').toBeNull()
    await world.expect({ 'team web': [3, 0], 'team app': [0, 2], 'team all': [3, 2], 'provider key': [3, 2] })
    expect(await world.reserve('nobody has registered it')).not.toBeNull()
    await world.commit(held[0] ?? null, 2)
    await world.answer({ type: 'release', reservationId: held[1] ?? '' })
    await world.expect({ 'team app': [2, 0], 'team all': [5, 0], 'provider key': [5, 1] })
    const ofTeams = heard.filter(({ subject }) => subject.kind === team)
    expect(ofTeams.map(({ subject, thresholdPercent }) => `${subject.name} ${thresholdPercent}`)).toEqual(
      expect.arrayContaining(['web 80', 'web 90', 'web 100', 'all 80', 'all 90', 'all 100']),
    )
    const all = {
      providerName: null,
      from: '2000-01-01',
      to: '2999-01-01',
      cursor: null,
      pageSize: 100,
    } as const
    const { rows } = await world.store.read({ type: 'summary', groupBy: ['consumer'], ...all })
    expect(rows.map(({ consumer, requestCount }) => [consumer, requestCount])).toEqual([
      ['app', 2],
      ['web', 3],
    ])
  },
)

test.each(fixtures)(
  'a limit that a team gets later starts with what it has used, on $name',
  async fixture => {
    const world = new World((await fixture.open()).open())
    await world.provider('key', 100)
    await world.team('all', [])
    await world.team('web', [], 'all')
    await world.record('web', 7)
    await world.reserve('web')
    await world.team('all', [limit(9), limit(9, { window: 'rolling-1d' }), limit(99, { window: 'month' })])
    // A rolling limit's is a level, and stands apart.
    await world.expect({ 'team all': [14, 3] })
    expect(await world.reserve('web')).not.toBeNull()
    expect(await world.reserve('web')).toBeNull()
  },
)

test.each(fixtures)(
  'an attempt settles on the teams that it was made for, whoever is its parent by then, on $name',
  async fixture => {
    const world = new World((await fixture.open()).open())
    await world.provider('key', 100)
    for (const name of ['one', 'two']) await world.team(name, [limit(50)])
    await world.team('web', [limit(50)], 'one')
    const [first, second] = [await world.reserve('web'), await world.reserve('web', { ttlMs: 1 })]
    await world.team('web', [limit(50)], 'two')
    await world.commit(first, 4)
    const service = new QuotaService({ store: world.store })
    await expect.poll(async () => (await service.expireDue()).expired).toBe(1)
    await world.commit(second, 3)
    await world.expect({ 'team one': [7, 0], 'team two': [0, 0], 'team web': [7, 0], 'provider key': [7, 0] })
    await world.commit(await world.reserve('web'))
    await world.expect({ 'team one': [7, 0], 'team two': [1, 0], 'team web': [8, 0], 'provider key': [8, 0] })
  },
)

test.each(fixtures)(
  'a call that would be denied has what is due of its team expired first, on $name',
  async fixture => {
    const world = new World((await fixture.open()).open())
    for (const name of ['key', 'other']) await world.provider(name, 100)
    await world.team('web', [limit(1, { window: 'rolling-1s' })])
    expect(await world.reserve('web', { ttlMs: 1, providerName: 'other' })).not.toBeNull()
    await expect.poll(() => world.reserve('web')).not.toBeNull()
  },
)

test.each(fixtures)(
  'a reset of a team takes back its day, from no parent and no provider, on $name',
  async fixture => {
    const world = new World((await fixture.open()).open())
    await world.provider('key', 100)
    await world.team('all', [limit(50)])
    for (const name of ['web', 'app']) await world.team(name, [limit(50)], 'all')
    await world.record('web', 7)
    await world.record('app', 2)
    await world.record('', 1)
    const late = await world.reserve('web', { ttlMs: 1 })
    const service = new QuotaService({ store: world.store })
    await expect.poll(async () => (await service.expireDue()).expired).toBe(1)
    const reset = {
      type: 'resetUsage',
      id: randomUUID(),
      subject: { kind: team, name: 'web' },
      actor: 'admin',
    } as const
    for (let times = 0; times < 2; times++) expect(await world.answer(reset)).toEqual({ name: 'web' })
    await world.expect({
      'team web': [0, 0],
      'team app': [2, 0],
      'team all': [10, 0],
      'provider key': [11, 0],
    })
    await world.commit(late, 5)
    await world.expect({
      'team web': [5, 0],
      'team app': [2, 0],
      'team all': [14, 0],
      'provider key': [15, 0],
    })
    await service.resetUsage({ providerName: 'key' }, 'admin')
    await world.expect({
      'team web': [5, 0],
      'team app': [2, 0],
      'team all': [14, 0],
      'provider key': [0, 0],
    })
    const days = {
      providerName: null,
      from: '2000-01-01',
      to: '2999-01-01',
      cursor: null,
      pageSize: 9,
    } as const
    const { rows } = await world.store.read({ type: 'history', ...days })
    expect(rows.map(({ providerName, requestCount }) => [providerName, requestCount])).toEqual([['key', 0]])
  },
)

test.each(fixtures)(
  'a team is removed only when it has no members, and is a label then, on $name',
  async fixture => {
    const world = new World((await fixture.open()).open())
    await world.provider('key', 100)
    await world.team('all', [limit(1)])
    await world.team('web', [limit(1)], 'all')
    const remove = (name: string) => world.answer({ type: 'removeSubject', kind: team, name, ...admin })
    await expect(remove('all')).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining('web'),
    })
    await expect(world.team('all', [], 'web')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'parent',
    })
    await expect(world.team('new', [], 'missing')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await world.commit(await world.reserve('web'))
    expect(await world.reserve('web')).toBeNull()
    await remove('web')
    expect(await world.reserve('web')).not.toBeNull()
    await world.team('web', [limit(2)], null)
    expect(await world.reserve('web'), 'revived without its parent, with what it had used').not.toBeNull()
    expect(await world.reserve('web')).toBeNull()
  },
)

test.each(fixtures)('a choice among many keys is made by what the team has left, on $name', async fixture => {
  const world = new World((await fixture.open()).open())
  const names = Array.from({ length: 10 }, (_, index) => `key-${index}`)
  for (const name of names) await world.provider(name, 100)
  await world.team('web', [limit(1)])
  const service = new QuotaService({ store: world.store })
  const ask = { candidates: null, strategy: 'priority', id: null, model: 'm', atLeast: null } as const
  const request = {
    counts: { ...noCounts, requestCount: 1 },
    requestId: '',
    consumer: 'web',
    ttlMs: 60_000,
    ...ask,
  }
  expect((await service.explain(request)).chosen).not.toBeNull()
  expect((await service.acquire(request)).decision).toBe('granted')
  const { chosen, skipped } = await service.explain(request)
  expect(chosen).toBeNull()
  expect(skipped.flatMap(({ reasons }) => reasons.map(({ subject }) => subject.kind))).toEqual(
    names.map(() => team),
  )
  expect((await service.acquire(request)).decision).toBe('denied')
  expect((await service.acquire({ ...request, consumer: 'label' })).decision).toBe('granted')
})

test.each(fixtures)('a team that another process registers counts from then on, on $name', async fixture => {
  const { open } = await fixture.open()
  const [world, beside] = [new World(open()), new World(open())]
  await world.provider('key', 100)
  // Cached as a label, and not looked up again.
  for (let call = 0; call < 20; call++) await world.commit(await world.reserve('web'))
  await beside.team('web', [limit(2)])
  for (let call = 0; call < 2; call++) expect(await world.reserve('web')).not.toBeNull()
  expect(await world.reserve('web')).toBeNull()
  await beside.team('web', [limit(3)])
  expect(await world.reserve('web')).not.toBeNull()
  expect(await world.reserve('web')).toBeNull()
  await world.expect({ 'team web': [0, 3], 'provider key': [20, 3] })
})
