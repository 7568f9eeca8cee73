import assert from 'node:assert/strict'
import { QuotaError } from '../domain/quota-error.js'
import { compareText } from '../domain/subject.js'
import type { ConsumerInput } from '../input/consumer-input.js'
import type { SummaryKey, SummaryQuery } from '../store.js'
import { limit, record } from './commands.js'
import { byApi, Consumers, reasonsOf } from './consumer-fixture.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

/** Consumers, their trees and their plans. */
export const consumerCases: readonly StoreContractCase[] = [
  contractCase(
    'a call meets the limits of its consumer and of all its ancestors, all or nothing',
    async fixture => {
      const consumers = new Consumers(fixture)
      const key = await fixture.provider('key', { limits: [limit({ max: 100 })] })
      const organisation = await consumers.set('organisation', { limits: [limit({ max: 5 })] })
      const team = await consumers.set('team', { parent: organisation, limits: [limit({ max: 4 })] })
      const [web, app] = [
        await consumers.set('web', { parent: team, limits: [limit({ max: 3 })] }),
        await consumers.set('app', { parent: team }),
      ]
      for (let call = 0; call < 3; call++) assert.ok(await consumers.spend(key, { consumer: web }))
      assert.deepEqual(reasonsOf(await consumers.reserve(key, { consumer: web })), [
        ['consumer', web, 'requests/day', 'exhausted'],
      ])
      assert.equal((await consumers.reserve(key, { consumer: app })).decision, 'granted')
      assert.deepEqual(reasonsOf(await consumers.reserve(key, { consumer: app })), [
        ['consumer', team, 'requests/day', 'exhausted'],
      ])
      // A name that is not registered is a label without limits.
      assert.ok(await consumers.spend(key, { consumer: fixture.name('label') }))
      assert.deepEqual(await consumers.figures(organisation), { 'requests/day': [3, 1] })
      assert.deepEqual(await consumers.figures(team), { 'requests/day': [3, 1] })
      assert.deepEqual(await consumers.figures(web), { 'requests/day': [3, 0] })
      const [ofTeam, ofApp] = [await consumers.service.stats(team), await consumers.service.stats(app)]
      assert.deepEqual([ofTeam.status, ofTeam.available], ['available', false])
      assert.deepEqual([ofApp.limits, ofApp.available], [[], false])
      assert.equal(ofApp.availableAt, ofTeam.limits[0]?.resetsAt)
      await fixture.expectLimit(key, 'requests/day', { used: 4, held: 1 })
    },
  ),

  contractCase('a disabled consumer denies its calls and those of its descendants', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const team = await consumers.set('team')
    const web = await consumers.set('web', { parent: team })
    await consumers.service.setEnabled({ name: team, enabled: false }, 'admin')
    assert.deepEqual(reasonsOf(await consumers.reserve(key, { consumer: web })), [
      ['consumer', team, null, 'disabled'],
    ])
    const stats = await consumers.service.stats(web)
    assert.deepEqual([stats.status, stats.disabledBy, stats.available], ['disabled', 'admin', false])
    await consumers.set('team', { limits: [limit({ max: 5 })] })
    assert.equal((await consumers.reserve(key, { consumer: web })).decision, 'denied')
    await consumers.service.setEnabled({ name: team, enabled: true }, 'admin')
    assert.ok(await consumers.spend(key, { consumer: web }))
  }),

  contractCase(
    'a consumer calls only the models and providers that all of its ancestors allow',
    async fixture => {
      const consumers = new Consumers(fixture)
      const [key, other] = [await fixture.provider('key'), await fixture.provider('other')]
      const team = await consumers.set('team', { models: ['llama-*'], providers: [key] })
      const web = await consumers.set('web', { parent: team, models: ['*-8b'] })
      assert.ok(await consumers.spend(key, { consumer: web, model: 'llama-8b' }))
      assert.deepEqual(reasonsOf(await consumers.reserve(other, { consumer: web, model: 'llama-70b' })), [
        ['consumer', team, null, 'provider_not_allowed'],
        ['consumer', web, null, 'model_not_allowed'],
      ])
      assert.equal((await consumers.reserve(key, { consumer: web })).decision, 'denied')
      const own = await fixture.provider('own', { consumers: [team] })
      for (const consumer of ['', fixture.name('label')])
        assert.deepEqual(reasonsOf(await consumers.reserve(own, { consumer })), [
          ['provider', own, null, 'provider_not_allowed'],
        ])
      await consumers.set('team', { models: ['*'], providers: null })
      await consumers.set('web', { models: ['*'] })
      for (const consumer of [team, web]) assert.ok(await consumers.spend(own, { consumer }))
      await fixture.provider('own', { consumers: null })
      assert.ok(await consumers.spend(own, { consumer: '' }))
    },
  ),

  contractCase('a consumer takes over the limits of its plan, whose changes apply at once', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const plan = fixture.name('pro')
    const monthly = (max: number) => [limit({ max, window: 'month' }), limit({ max: 50 })]
    await consumers.service.upsertPlan({ name: plan, limits: monthly(1_000) }, byApi)
    const acme = await consumers.set('acme', { plan, limits: [limit({ max: 2_000 })] })
    const globex = await consumers.set('globex', { plan })
    for (const [name, requestCount] of [
      [acme, 900],
      [globex, 40],
    ] as const)
      await fixture.answer(record(fixture.id(), key, { consumer: name, counts: { requestCount } }))
    assert.deepEqual(await consumers.figures(acme), { 'requests/day': [900, 0], 'requests/month': [900, 0] })
    await consumers.service.upsertPlan({ name: plan, limits: monthly(800) }, byApi)
    assert.deepEqual(reasonsOf(await consumers.reserve(key, { consumer: acme })), [
      ['consumer', acme, 'requests/month', 'exhausted'],
    ])
    assert.ok(await consumers.spend(key, { consumer: globex }))
    await consumers.service.upsertPlan({ name: plan, limits: monthly(1_200) }, byApi)
    const { limits } = await consumers.service.stats(acme)
    assert.equal(limits.find(({ id }) => id === 'requests/month')?.remaining, 300)
    const view = await consumers.service.get(acme)
    assert.deepEqual(
      [view.limits.map(({ max }) => max), view.planLimits.map(({ max }) => max)],
      [[2_000], [1_200]],
    )
    await assert.rejects(consumers.service.removePlan(plan, byApi), { code: 'IN_USE' })
    for (const name of ['acme', 'globex']) await consumers.set(name, { plan: null })
    assert.deepEqual(await consumers.figures(globex), {})
    await consumers.service.removePlan(plan, byApi)
    await assert.rejects(consumers.set('acme', { plan }), { code: 'UNKNOWN_PLAN', field: 'plan' })
  }),

  contractCase('a plan that a process left half applied is applied to the rest', async fixture => {
    const consumers = new Consumers(fixture)
    const plan = fixture.name('pro')
    await consumers.service.upsertPlan({ name: plan, limits: [limit({ max: 1 })] }, byApi)
    const acme = await consumers.set('acme', { plan })
    const limits = [limit({ max: 7 })]
    await fixture.answer({ type: 'upsertSubject', kind: 'plan', name: plan, limits, ...byApi })
    assert.equal((await consumers.service.stats(acme)).limits[0]?.max, 1)
    assert.equal(await consumers.service.applyPlan(plan), 1)
    assert.equal((await consumers.service.stats(acme)).limits[0]?.max, 7)
    assert.equal(await consumers.service.applyPlan(plan), 0)
  }),

  contractCase(
    'a limit that is added later counts the calls of all who were below then, and no others',
    async fixture => {
      const consumers = new Consumers(fixture)
      const key = await fixture.provider('key')
      const web = fixture.name('web')
      const call = async (consumer: string, requestCount: number) =>
        fixture.answer(record(fixture.id(), key, { consumer, counts: { requestCount } }))
      // Not registered yet: a label, whose calls are nobody's.
      await call(web, 1_000)
      const [organisation, other] = [await consumers.set('organisation'), await consumers.set('other')]
      const team = await consumers.set('team', { parent: organisation })
      await consumers.set('web', { parent: team })
      const gone = await consumers.set('gone', { parent: team })
      await call(web, 1)
      await call(gone, 2)
      await call(team, 4)
      await call(other, 100)
      await consumers.service.remove(gone, byApi)
      const used = async (label: string): Promise<number | undefined> => {
        await consumers.set(label, { limits: [] })
        const name = await consumers.set(label, { limits: [limit({ max: 5_000 })] })
        return (await consumers.figures(name))['requests/day']?.[0]
      }
      const all = async () => [await used('organisation'), await used('team'), await used('web')]
      assert.deepEqual(await all(), [7, 7, 1])
      // One that moves away takes none of its usage along.
      await consumers.set('web', { parent: other })
      await call(web, 8)
      assert.deepEqual(await all(), [7, 7, 9])
      assert.equal(await used('other'), 108)
      await consumers.set('team', { parent: null })
      await call(team, 16)
      assert.deepEqual(await all(), [7, 23, 9])
    },
  ),

  contractCase('trees have at most four levels and no cycle, and parents must exist', async fixture => {
    const consumers = new Consumers(fixture)
    const names: string[] = []
    for (const label of ['a', 'b', 'c', 'd']) {
      const parent = names.at(-1)
      names.push(await consumers.set(label, parent === undefined ? {} : { parent }))
    }
    const [a = '', , , d = ''] = names
    const invalid = { code: 'INVALID_INPUT', field: 'parent' }
    await assert.rejects(consumers.set('e', { parent: d }), invalid)
    await assert.rejects(consumers.set('a', { parent: d }), invalid)
    await assert.rejects(consumers.set('a', { parent: a }), invalid)
    await assert.rejects(consumers.set('e', { parent: fixture.name('missing') }), {
      code: 'UNKNOWN_CONSUMER',
      field: 'parent',
    })
    // A tree of three levels does not fit below one of two.
    await consumers.set('x')
    await consumers.set('y', { parent: fixture.name('x') })
    await consumers.set('b', { parent: null })
    await assert.rejects(consumers.set('b', { parent: fixture.name('y') }), invalid)
    await consumers.set('b', { parent: fixture.name('x') })
    await assert.rejects(consumers.service.remove(fixture.name('x'), byApi), { code: 'IN_USE' })
    // Of several branches the longest counts; removed members do not.
    for (const leaf of ['b1', 'b2']) await consumers.set(leaf, { parent: fixture.name('b') })
    const deepest = await consumers.set('top', {})
    await assert.rejects(consumers.set('x', { parent: deepest }), invalid)
    await consumers.service.remove(d, byApi)
    await consumers.set('x', { parent: deepest })
    await consumers.set('x', { parent: null })
    await consumers.set('d')
    assert.equal(await consumers.service.isWithin(d, fixture.name('x')), true)
    assert.equal(await consumers.service.isWithin(d, a), false)
  }),

  contractCase('the refusal to remove a consumer in use names ten members at most', async fixture => {
    const consumers = new Consumers(fixture)
    const [team, last] = [await consumers.set('team'), await consumers.set('m0')]
    const refusal = async (): Promise<readonly string[]> => {
      const error = await consumers.service.remove(team, byApi).then(
        () => null,
        (reason: unknown) => reason,
      )
      assert.ok(error instanceof QuotaError && error.code === 'IN_USE')
      return /is used by (.*); remove/.exec(error.message)?.[1]?.split(', ') ?? []
    }
    const names: string[] = []
    for (let count = 1; count <= 10; count++) names.push(await consumers.set(`m${count}`, { parent: team }))
    assert.deepEqual(await refusal(), names.sort(compareText))
    await consumers.set('m0', { parent: team })
    const named = await refusal()
    assert.equal(named.length, 10)
    assert.match(named.at(-1) ?? '', / and others$/)
    for (const name of [last, ...names]) await consumers.service.remove(name, byApi)
    await consumers.service.remove(team, byApi)
  }),

  contractCase(
    'a consumer returns below its former parent only if that is in use and has room',
    async fixture => {
      const consumers = new Consumers(fixture)
      const team = await consumers.set('team')
      const web = await consumers.set('web', { parent: team })
      const ways: readonly Partial<ConsumerInput>[] = [{}, { parent: team }]
      await consumers.service.remove(web, byApi)
      await consumers.service.remove(team, byApi)
      for (const settings of ways)
        await assert.rejects(consumers.set('web', settings), { code: 'UNKNOWN_CONSUMER', field: 'parent' })
      const [a, b] = [await consumers.set('a'), fixture.name('b')]
      await consumers.set('b', { parent: a })
      const c = await consumers.set('c', { parent: b })
      await consumers.set('team', { parent: c })
      for (const settings of ways)
        await assert.rejects(consumers.set('web', settings), { code: 'INVALID_INPUT', field: 'parent' })
      await consumers.set('team', { parent: b })
      await consumers.set('web')
      assert.equal((await consumers.service.get(web)).parent, team)
    },
  ),

  contractCase('consumers are listed by name, by parent, by plan and below one, in pages', async fixture => {
    const consumers = new Consumers(fixture)
    const plan = fixture.name('pro')
    await consumers.service.upsertPlan({ name: plan, limits: [] }, byApi)
    const root = await consumers.set('root')
    const [one, two] = [
      await consumers.set('one', { parent: root, plan }),
      await consumers.set('two', { parent: root }),
    ]
    const below = await consumers.set('below', { parent: one, plan })
    const page = { cursor: null, pageSize: 1_000 }
    const names = async (query: object) =>
      (await consumers.service.list({ ...page, ...query })).rows.map(({ name }) => name)
    assert.deepEqual(await names({ under: root }), [below, one, root, two])
    assert.deepEqual(await names({ under: one }), [below, one])
    assert.deepEqual(await names({ parent: root }), [one, two])
    assert.deepEqual(await names({ plan }), [below, one])
    assert.deepEqual(await names({ under: root, search: below.slice(1).toUpperCase() }), [below])
    assert.deepEqual(await names({ under: root, search: '%' }), [])
    const first = await consumers.service.list({ under: root, cursor: null, pageSize: 3 })
    const second = await consumers.service.list({ under: root, cursor: first.nextCursor, pageSize: 3 })
    assert.deepEqual(
      [...first.rows, ...second.rows].map(({ name }) => name),
      [below, one, root, two],
    )
    assert.equal(second.nextCursor, null)
    await consumers.service.remove(two, byApi)
    assert.deepEqual(await names({ parent: root }), [one])
    await assert.rejects(consumers.service.stats(two), { code: 'UNKNOWN_CONSUMER' })
  }),

  contractCase('usage is read of a consumer with everything below it, in pages', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const root = await consumers.set('root')
    const team = await consumers.set('team', { parent: root })
    const [web, old] = [
      await consumers.set('web', { parent: team }),
      await consumers.set('old', { parent: team }),
    ]
    const label = fixture.name('label')
    const calls = [
      [root, 'x', 1],
      [team, 'x', 2],
      [web, 'y', 4],
      [web, 'x', 8],
      [old, 'y', 16],
      [await consumers.set('rival'), 'x', 32],
      [label, 'x', 64],
    ] as const
    for (const [consumer, model, requestCount] of calls)
      await fixture.answer(record(fixture.id(), key, { consumer, model, counts: { requestCount } }))
    // What was used for a removed one stays with those above it.
    await consumers.service.remove(old, byApi)
    const days = { from: '0001-01-01', to: '9999-12-31' } as const
    const whole = { cursor: null, pageSize: 1_000 } as const
    const summary = async (
      under: string,
      keys: readonly SummaryKey[],
      page: Pick<SummaryQuery, 'cursor' | 'pageSize'> = whole,
    ) => {
      const query = { type: 'summary', providerName: null, ...days, groupBy: keys, under, ...page } as const
      const { rows, nextCursor } = await fixture.store.read(query)
      const sums = rows.map(row => [
        ...keys.map(name => (name === 'model' ? row.model : row.consumer)),
        row.requestCount,
      ])
      return { sums, nextCursor }
    }
    assert.deepEqual((await summary(root, ['model'])).sums, [
      ['x', 11],
      ['y', 20],
    ])
    assert.deepEqual((await summary(team, ['consumer', 'model'])).sums, [
      [old, 'y', 16],
      [team, 'x', 2],
      [web, 'x', 8],
      [web, 'y', 4],
    ])
    const first = await summary(team, ['consumer', 'model'], { cursor: null, pageSize: 3 })
    const second = await summary(team, ['consumer', 'model'], { cursor: first.nextCursor, pageSize: 3 })
    assert.deepEqual([first.sums.length, second.sums, second.nextCursor], [3, [[web, 'y', 4]], null])
    assert.deepEqual((await summary(web, [])).sums, [[12]])
    assert.deepEqual((await summary(label, ['consumer'])).sums, [[label, 64]])
    assert.deepEqual((await summary(fixture.name('nobody'), ['consumer'])).sums, [])
    const sumOf = async (filter: Pick<SummaryQuery, 'model' | 'consumer' | 'under'>) => {
      const all = { type: 'summary', providerName: key, ...days, groupBy: [], ...whole } as const
      return (await fixture.store.read({ ...all, ...filter })).rows.map(row => row.requestCount)
    }
    assert.deepEqual(await sumOf({ model: 'y' }), [20])
    assert.deepEqual(await sumOf({ consumer: team }), [2])
    assert.deepEqual(await sumOf({ consumer: web, model: 'x' }), [8])
    assert.deepEqual(await sumOf({ under: team, model: 'x' }), [10])
    assert.deepEqual(await sumOf({ consumer: team, model: 'y' }), [])
    const ledger = async (filter: object) => {
      const query = { type: 'ledger', providerName: null, requestId: null, ...whole, ...filter } as const
      const { rows } = await fixture.store.read(query)
      return rows.map(({ consumer, charged }) => [consumer, charged.requestCount]).sort()
    }
    assert.deepEqual(
      await ledger({ under: team }),
      [
        [old, 16],
        [team, 2],
        [web, 4],
        [web, 8],
      ].sort(),
    )
    assert.deepEqual(await ledger({ under: team, model: 'y', consumers: [web, root] }), [[web, 4]])
    assert.deepEqual(await ledger({ under: root, providerName: key, consumer: root }), [[root, 1]])
  }),

  contractCase('a consumer’s limits are forecast at the pace of all who are below it', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const team = await consumers.set('team', { limits: [limit({ max: 1_000, window: 'month' })] })
    const web = await consumers.set('web', {
      parent: team,
      limits: [limit({ max: 1_000_000, window: 'month' })],
    })
    const idle = await consumers.set('idle', { limits: [limit({ max: 5 })] })
    await fixture.answer(record(fixture.id(), key, { consumer: web, counts: { requestCount: 500 } }))
    const exhaustsAt = async (name: string) => (await consumers.service.stats(name)).limits[0]?.exhaustsAt
    const atMs = Date.parse((await exhaustsAt(team)) ?? '')
    const nowMs = await fixture.nowMs()
    // 500 an hour, and 500 are left: within the hour, or a little later if the clock hour has just begun.
    assert.ok(atMs > nowMs && atMs <= nowMs + 2 * 3_600_000, `${atMs} is within two hours of ${nowMs}`)
    assert.equal(await exhaustsAt(web), null)
    assert.equal(await exhaustsAt(idle), null)
  }),

  contractCase('a reset of a consumer gives back its day, and changes no other figure', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key', { limits: [limit({ max: 100 })] })
    const team = await consumers.set('team', { limits: [limit({ max: 50 })] })
    const web = await consumers.set('web', { parent: team, limits: [limit({ max: 5 })] })
    await fixture.answer(record(fixture.id(), key, { consumer: web, counts: { requestCount: 5 } }))
    assert.equal((await consumers.reserve(key, { consumer: web })).decision, 'denied')
    const { status } = await consumers.service.reset(web, { id: fixture.id(), actor: 'admin' })
    assert.equal(status, 'available')
    assert.deepEqual(await consumers.figures(web), { 'requests/day': [0, 0] })
    assert.deepEqual(await consumers.figures(team), { 'requests/day': [5, 0] })
    await fixture.expectLimit(key, 'requests/day', { used: 5 })
  }),
]
