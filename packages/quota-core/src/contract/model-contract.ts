import assert from 'node:assert/strict'
import { examineStore } from '../doctor/examine-store.js'
import type { Counter } from '../domain/counter.js'
import type { PageOf } from '../store.js'
import { commit, limit, observe, record, reserve } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

/** Limits per model, and shared pools. */
export const modelCases: readonly StoreContractCase[] = [
  contractCase('a limit on a glob of models counts only these, in one counter', async fixture => {
    const llama = limit({ max: 2, model: 'llama-*' })
    const name = await fixture.provider('a', { limits: [llama] })
    for (const model of ['llama-3', 'llama-4']) {
      assert.equal((await fixture.answer(reserve(fixture.id(), name, { model }))).decision, 'granted')
    }
    const denied = await fixture.answer(reserve(fixture.id(), name, { model: 'llama-5' }))
    assert.ok(denied.decision === 'denied')
    assert.equal(denied.reasons[0]?.limitId, 'requests/day@llama-*')
    const other = await fixture.answer(reserve(fixture.id(), name, { model: 'meta/llama-3' }))
    assert.equal(other.decision, 'granted')
    await fixture.expectLimit(name, llama.id, { used: 0, held: 2 })
  }),

  contractCase('a limit per model keeps one counter for each', async fixture => {
    const each = limit({ max: 1, model: '*', per: 'model' })
    const name = await fixture.provider('a', { limits: [each] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { model: 'x' }))
    await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'x' }))).decision, 'denied')
    await fixture.answer(commit(id))
    await fixture.expectLimit(name, each.id, { used: 1, model: 'x' })
    await fixture.expectLimit(name, each.id, { used: 0, held: 1, model: 'y' })
    const stats = await fixture.stats(name)
    assert.deepEqual(
      stats.models.map(({ model, status }) => [model, status]),
      [
        ['x', 'disabled'],
        ['y', 'available'],
      ],
    )
    assert.equal(stats.available, true)
  }),

  contractCase('added limits per model start from the ledger’s sum of each model', async fixture => {
    const name = await fixture.provider('a')
    await fixture.answer(record(fixture.id(), name, { model: 'x', counts: { requestCount: 3 } }))
    await fixture.answer(record(fixture.id(), name, { model: 'y' }))
    await fixture.answer(record(fixture.id(), name))
    await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))
    const each = limit({ max: 10, model: '*', per: 'model' })
    await fixture.provider('a', { limits: [each, limit({ max: 10, model: 'y' })] })
    await fixture.expectLimit(name, each.id, { used: 3, model: 'x' })
    await fixture.expectLimit(name, each.id, { used: 1, held: 1, model: 'y' })
    await fixture.expectLimit(name, 'requests/day@y', { used: 1, held: 1 })
  }),

  contractCase('a provider is spent only if every model that it serves is', async fixture => {
    const each = limit({ max: 1, model: '*', per: 'model' })
    const name = await fixture.provider('a', { models: ['x', 'y'], limits: [each] })
    await fixture.answer(record(fixture.id(), name, { model: 'x' }))
    assert.deepEqual((await fixture.stats(name)).available, true)
    await fixture.answer(record(fixture.id(), name, { model: 'y' }))
    const stats = await fixture.stats(name)
    assert.deepEqual([stats.available, stats.status, stats.disabledBy], [false, 'disabled', 'quota'])
    const served = await fixture.answer(reserve(fixture.id(), name, { model: 'z' }))
    assert.ok(served.decision === 'denied')
    assert.equal(served.reasons[0]?.code, 'model_not_served')
  }),

  contractCase('a reservation must name its model if limits depend on it', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 1, model: 'x' })] })
    assert.equal((await fixture.refusal(reserve(fixture.id(), name), 'INVALID_INPUT')).field, 'model')
  }),

  contractCase('unusual model names are distinguished', async fixture => {
    const each = limit({ max: 1, model: '*', per: 'model' })
    const name = await fixture.provider('a', { limits: [each] })
    const models = [`x'; --`, 'x', 'X', 'x%', 'x_', '😀/é', 'org/x:free']
    for (const model of models) await fixture.answer(record(fixture.id(), name, { model }))
    for (const model of models) await fixture.expectLimit(name, each.id, { used: 1, model })
  }),

  contractCase('cached input is not counted if the limit excludes it', async fixture => {
    const counts = { inputTokenCount: 100, cachedInputTokenCount: 80, outputTokenCount: 7 }
    const limits = [
      limit({ metric: 'tokens', max: 1_000 }),
      limit({ id: 'uncached', metric: 'tokens', max: 1_000, countsCached: false }),
      limit({ metric: 'inputTokens', max: 1_000, countsCached: false }),
      limit({ metric: 'outputTokens', max: 1_000 }),
      limit({ metric: 'cost', max: 1_000 }),
    ]
    const name = await fixture.provider('a', { limits })
    await fixture.answer(record(fixture.id(), name, { counts: { ...counts, costMicroUsd: 9 } }))
    await fixture.expectLimit(name, 'tokens/day', { used: 107 })
    await fixture.expectLimit(name, 'uncached', { used: 27 })
    await fixture.expectLimit(name, 'inputTokens/day', { used: 20 })
    await fixture.expectLimit(name, 'outputTokens/day', { used: 7 })
    await fixture.expectLimit(name, 'cost/day', { used: 9 })
  }),

  contractCase('parallel calls through the providers of a pool share its quota exactly', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
    const names = [
      await fixture.provider('a', { pool, limits: [limit({ max: 7 })] }),
      await fixture.provider('b', { pool, limits: [limit({ max: 7 })] }),
    ]
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => fixture.answer(reserve(fixture.id(), names[index % 2] ?? ''))),
    )
    const granted = answers.flatMap(answer => (answer.decision === 'granted' ? [answer] : []))
    assert.equal(granted.length, 10)
    await Promise.all(granted.map(({ reservationId }) => fixture.answer(commit(reservationId))))
    const { limits } = await fixture.stats(names[0] ?? '')
    assert.deepEqual(limits.map(({ subject, used, held }) => [subject.kind, used, held])[0], ['pool', 10, 0])
  }),

  contractCase('a refusal of the pool bars all of its providers', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
    const first = await fixture.provider('a', { pool })
    const second = await fixture.provider('b', { pool })
    const untilMs = (await fixture.nowMs()) + 60_000
    const refusal = { scope: 'pool', model: '', kind: 'rate_limit', untilMs } as const
    await fixture.answer(observe(first, { refusal }))
    const denied = await fixture.answer(reserve(fixture.id(), second))
    assert.ok(denied.decision === 'denied')
    assert.deepEqual(denied.reasons[0]?.subject, { kind: 'pool', name: pool })
    assert.equal(denied.retryAt, new Date(untilMs).toISOString())
    await fixture.answer({ type: 'retryProvider', name: second, actor: 'admin' })
    assert.equal((await fixture.answer(reserve(fixture.id(), first))).decision, 'granted')
  }),

  contractCase('the counter of a model without usage is deleted', async fixture => {
    const each = { model: '*', per: 'model' } as const
    const limits = [limit({ ...each, max: 9 }), limit({ ...each, id: 'slow', window: 'rolling-1d', max: 9 })]
    const pool = await fixture.pool('p', { limits })
    const name = await fixture.provider('a', { pool, limits })
    const [released, refused, failed] = [fixture.id(), fixture.id(), fixture.id()]
    await fixture.answer(reserve(failed, name, { model: 'good' }))
    await fixture.answer(reserve(released, name, { model: 'odd-1' }))
    await fixture.answer(reserve(refused, name, { model: 'odd-2' }))
    await fixture.answer({ type: 'release', reservationId: released })
    await fixture.answer(commit(refused, { counts: { requestCount: 0 }, outcome: 'refused' }))
    await fixture.answer(commit(failed))
    const whole = { type: 'snapshot', providerNames: [name], counters: 'all' } as const
    const { state } = await fixture.store.read(whole)
    for (const ref of [{ kind: 'provider', name } as const, { kind: 'pool', name: pool } as const]) {
      const models = new Set([...state.counters(ref)].map(({ model }) => model))
      models.delete('')
      assert.deepEqual(models, new Set(['good']))
    }
    const any = {
      providerName: name,
      from: '0001-01-01',
      to: '9999-12-31',
      cursor: null,
      pageSize: 10,
    } as const
    const { rows } = await fixture.store.read({ type: 'summary', ...any, groupBy: ['model'] })
    assert.deepEqual(
      rows.map(({ model }) => model),
      ['good'],
    )
    // It counts like any other if it is called again.
    for (let times = 0; times < 9; times++)
      await fixture.answer(record(fixture.id(), name, { model: 'odd-1' }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'odd-1' }))).decision, 'denied')
  }),

  contractCase('stats list the models called last, and how many are omitted', async fixture => {
    const name = await fixture.provider('a', {
      models: ['named', '*'],
      limits: [limit({ model: '*', per: 'model', max: 2 })],
    })
    const models = Array.from({ length: 150 }, (_, index) => `model-${index}`)
    await fixture.execute(
      models.map(model => record(fixture.id(), name, { model, counts: { requestCount: 2 } })),
    )
    const last = { model: 'model-0', counts: { requestCount: 1 } } as const
    const { stats } = await fixture.answer(record(fixture.id(), name, last))
    const listed = await fixture.stats(name)
    assert.deepEqual([listed.limits.length, listed.models.length, listed.modelsLeftOut], [101, 101, 50])
    // The answer to a call lists its model and those named in settings.
    assert.deepEqual(
      stats.models.map(({ model }) => model),
      ['model-0', 'named'],
    )
    assert.equal(stats.modelsLeftOut, null)
    for (const reported of [stats, listed]) {
      assert.ok(reported.limits.some(({ model, used }) => model === 'named' && used === 0))
      assert.ok(reported.limits.some(({ model, used }) => model === 'model-0' && used === 3))
      assert.equal(reported.available, true)
    }
    // All models are limited, whether listed or not.
    for (const model of models) {
      assert.equal((await fixture.answer(reserve(fixture.id(), name, { model }))).decision, 'denied')
    }
  }),

  contractCase('at most 100 unknown models are stored as refused', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    for (let index = 0; index < 110; index++) {
      const untilMs = nowMs + 3_600_000 + index * 1_000
      const refusal = { scope: 'provider', model: `odd-${index}`, kind: 'unknown_model', untilMs } as const
      await fixture.answer(observe(name, { refusal }))
    }
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    const known = [...state.coolDowns({ kind: 'provider', name })].map(({ model }) => model)
    assert.equal(known.length, 100)
    assert.ok(known.includes('odd-109') && !known.includes('odd-0'))
  }),

  contractCase('a request for an unknown model is charged to the key and to no model', async fixture => {
    const each = limit({ model: '*', per: 'model', max: 9 })
    const total = limit({ id: 'total', max: 100 })
    const name = await fixture.provider('a', { limits: [each, total] })
    const untilMs = (await fixture.nowMs()) + 60_000
    for (const model of ['odd-1', 'odd-2', 'ODD-2']) {
      const id = fixture.id()
      await fixture.answer(reserve(id, name, { model }))
      const refusal = { scope: 'provider', model: null, kind: 'unknown_model', untilMs } as const
      const counts = { requestCount: 1 }
      await fixture.execute([
        { ...commit(id, { counts, outcome: 'refused' }), isModelUnknown: true },
        { ...observe(name, { refusal }), model: null, reservationId: id },
      ])
      const denied = await fixture.answer(reserve(fixture.id(), name, { model }))
      assert.ok(denied.decision === 'denied')
      assert.equal(denied.reasons[0]?.code, 'cooling_down')
    }
    await fixture.expectLimit(name, total.id, { used: 3 })
    const page = { providerName: name, cursor: null, pageSize: 10 } as const
    assert.deepEqual((await fixture.store.read({ type: 'modelCounters', ...page })).rows, [])
    const { rows } = await fixture.store.read({ type: 'ledger', requestId: null, ...page })
    assert.deepEqual(rows.map(({ model, metadata }) => [model, metadata['unknownModel']]).sort(), [
      ['', 'ODD-2'],
      ['', 'odd-1'],
      ['', 'odd-2'],
    ])
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'good' }))).decision, 'granted')
    assert.deepEqual(await examineStore(fixture.store, [name]), [])
  }),

  contractCase('a model name with a star is not a pattern: it affects no other model', async fixture => {
    const each = limit({ model: '*', per: 'model', max: 1 })
    const name = await fixture.provider('a', { limits: [each] })
    const untilMs = (await fixture.nowMs()) + 60_000
    for (const model of ['*', 'g*']) {
      await fixture.answer(record(fixture.id(), name, { model }))
      const refusal = { scope: 'provider', model: null, kind: 'unknown_model', untilMs } as const
      await fixture.answer({ ...observe(name, { refusal }), model })
      assert.equal((await fixture.answer(reserve(fixture.id(), name, { model }))).decision, 'denied')
    }
    assert.equal((await fixture.stats(name)).available, true)
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'gpt' }))).decision, 'granted')
  }),

  contractCase('counters of models are listed in pages, the pool’s first', async fixture => {
    const each = limit({ model: '*', per: 'model', max: 9 })
    const pool = await fixture.pool('p', { limits: [each] })
    const name = await fixture.provider('a', { pool, limits: [each, limit({ max: 100 })] })
    const models = Array.from({ length: 25 }, (_, index) => `model-${String(index).padStart(2, '0')}`)
    await fixture.execute(models.map(model => record(fixture.id(), name, { model })))
    const found: string[] = []
    let cursor: string | null = null
    do {
      const query = { type: 'modelCounters', providerName: name, pageSize: 10, cursor } as const
      const page: PageOf<Counter> = await fixture.store.read(query)
      assert.ok(page.rows.length <= 10)
      found.push(...page.rows.map(({ subject, model, used }) => `${subject.kind} ${model} ${used}`))
      cursor = page.nextCursor
    } while (cursor !== null)
    const expected = ['pool', 'provider'].flatMap(kind => models.map(model => `${kind} ${model} 1`))
    assert.deepEqual(found, expected)
  }),

  contractCase(
    'very long names, and names that differ only in case or Unicode form, are separate models',
    async fixture => {
      const each = limit({ model: '*', per: 'model', max: 1 })
      const name = await fixture.provider('a', { limits: [each] })
      const long = 'é'.repeat(199)
      const models = [
        `${long}1`,
        `${long}2`,
        'Å',
        'Å',
        'A\u030A',
        'ａ',
        'a',
        'a ',
        ' a',
        '\u202Ea',
        '0',
        'null',
        '{}',
      ]
      const unique = [...new Set(models)]
      for (const model of unique) {
        assert.equal(
          (await fixture.answer(reserve(fixture.id(), name, { model }))).decision,
          'granted',
          model,
        )
      }
      for (const model of unique) {
        assert.equal((await fixture.answer(reserve(fixture.id(), name, { model }))).decision, 'denied', model)
      }
      assert.deepEqual(await examineStore(fixture.store, [name]), [])
    },
  ),

  contractCase(
    'a settlement in the batch of its reservation lists the models named in settings',
    async fixture => {
      const each = limit({ model: '*', per: 'model', max: 9 })
      const name = await fixture.provider('a', { models: ['named', '*'], limits: [each] })
      const id = fixture.id()
      const [, settled] = await fixture.execute([reserve(id, name, { model: 'called' }), commit(id)])
      assert.ok(settled?.ok && 'stats' in settled.answer)
      assert.deepEqual(
        settled.answer.stats.limits.map(({ model, used }) => [model, used]),
        [
          ['called', 1],
          ['named', 0],
        ],
      )
    },
  ),
]
