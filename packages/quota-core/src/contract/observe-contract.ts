import assert from 'node:assert/strict'
import type { Refusal } from '../domain/command.js'
import { commit, limit, observe, record, reserve } from './commands.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'

const refusal = (untilMs: number | null, reported: Partial<Refusal> = {}): Refusal => ({
  scope: 'provider',
  model: '',
  kind: 'rate_limit',
  untilMs,
  ...reported,
})

/** Answers of vendors. */
export const observeCases: readonly StoreContractCase[] = [
  contractCase('usage reported by a vendor raises our count, and never lowers it', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 2 } }))
    await fixture.answer(reserve(fixture.id(), name))
    const { changed } = await fixture.answer(
      observe(name, { facts: [fixture.fact({ max: 10, remaining: 4 })] }),
    )
    assert.equal(changed, true)
    await fixture.expectLimit(name, 'requests/day', { used: 2, held: 1, observed: 3 })
    const again = await fixture.answer(observe(name, { facts: [fixture.fact({ max: 10, remaining: 4 })] }))
    assert.equal(again.changed, false)
    await fixture.answer(observe(name, { facts: [fixture.fact({ max: 10, remaining: 10 })] }))
    await fixture.expectLimit(name, 'requests/day', { used: 2, held: 1, observed: 3 })
    assert.equal((await fixture.limit(name, 'requests/day')).remaining, 4)
    const denied = await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 5 } }))
    assert.equal(denied.decision, 'denied')
  }),

  contractCase('usage reported by a vendor raises the level of a rolling limit', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'rolling-30d', max: 10 })] })
    await fixture.answer(
      observe(name, { facts: [fixture.fact({ window: 'rolling-30d', max: 10, remaining: 3 })] }),
    )
    await fixture.expectLimit(name, 'requests/rolling-30d', { used: 7 })
  }),

  contractCase('a refusal bars its model until the instant that the vendor states', async fixture => {
    const name = await fixture.provider('a')
    const untilMs = (await fixture.nowMs()) + 3_600_000
    await fixture.answer(observe(name, { refusal: refusal(untilMs, { model: 'x', kind: 'unknown_model' }) }))
    const denied = await fixture.answer(reserve(fixture.id(), name, { model: 'x' }))
    assert.ok(denied.decision === 'denied')
    assert.deepEqual(
      [denied.reasons[0]?.code, denied.retryAt],
      ['cooling_down', new Date(untilMs).toISOString()],
    )
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))).decision, 'granted')
    assert.equal((await fixture.stats(name)).available, true)
    const past = refusal((await fixture.nowMs()) - 1)
    await fixture.answer(observe(name, { refusal: past }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))).decision, 'granted')
  }),

  contractCase('a success ends only cool-downs older than its attempt', async fixture => {
    const name = await fixture.provider('a')
    const [early, late] = [fixture.id(), fixture.id()]
    const untilMs = (await fixture.nowMs()) + 3_600_000
    await fixture.answer(reserve(early, name))
    await fixture.answer(observe(name, { refusal: refusal(untilMs) }))
    await fixture.answer(observe(name, { reservationId: early, succeeded: true }))
    assert.equal((await fixture.answer(reserve(late, name))).decision, 'denied')
    assert.equal((await fixture.stats(name)).disabledBy, 'vendor')
    await fixture.answer(commit(early))
  }),

  contractCase('retry ends the cool-downs of a provider', async fixture => {
    const name = await fixture.provider('a')
    await fixture.answer(observe(name, { refusal: refusal(null, { kind: 'billing' }) }))
    const off = await fixture.stats(name)
    assert.deepEqual([off.status, off.disabledBy, off.available], ['disabled', 'vendor', false])
    assert.ok(Date.parse(off.availableAt ?? '') > (await fixture.nowMs()), 'one trial is due later')
    for (let times = 0; times < 2; times++) {
      await fixture.answer({ type: 'retryProvider', name, actor: 'admin' })
      assert.equal((await fixture.stats(name)).available, true)
    }
  }),

  contractCase('refusals of one incident count as one, and a repeated one changes nothing', async fixture => {
    const name = await fixture.provider('a')
    const flying = [fixture.id(), fixture.id(), fixture.id()]
    for (const id of flying) await fixture.answer(reserve(id, name))
    for (const reservationId of flying) {
      await fixture.answer(observe(name, { reservationId, refusal: refusal(null, { kind: 'billing' }) }))
    }
    const untilMs = Date.parse((await fixture.stats(name)).availableAt ?? '')
    const hourMs = 3_600_000
    assert.ok(untilMs - (await fixture.nowMs()) <= hourMs, 'the first trial is due after an hour')
  }),

  contractCase('refusals of calls in flight for a minute and for a day bar for the day', async fixture => {
    const shorter = (await fixture.nowMs()) + 60_000
    const longer = shorter + 86_400_000
    for (const [place, ends] of [
      [shorter, longer],
      [longer, shorter],
    ].entries()) {
      const name = await fixture.provider(`a${place}`)
      const flying = [fixture.id(), fixture.id()]
      for (const id of flying) await fixture.answer(reserve(id, name))
      for (const [at, untilMs] of ends.entries())
        await fixture.answer(observe(name, { reservationId: flying[at] ?? '', refusal: refusal(untilMs) }))
      assert.equal((await fixture.stats(name)).availableAt, new Date(longer).toISOString())
    }
  }),

  contractCase('an answer to a reservation of another provider is refused', async fixture => {
    const name = await fixture.provider('a')
    const other = await fixture.provider('b')
    const id = fixture.id()
    await fixture.answer(reserve(id, other))
    const error = await fixture.refusal(
      observe(name, { reservationId: id, succeeded: true }),
      'UNKNOWN_RESERVATION',
    )
    assert.equal(error.field, 'reservationId')
  }),

  contractCase('a refusal without a model bars the called model', async fixture => {
    const name = await fixture.provider('a')
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { model: 'x' }))
    const untilMs = (await fixture.nowMs()) + 60_000
    const reported = { reservationId: id, model: null, refusal: refusal(untilMs, { model: null }) }
    await fixture.answer(observe(name, reported))
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'x' }))).decision, 'denied')
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))).decision, 'granted')
  }),

  clockCase(
    'a refusal of a glob bars the models that it matches, until one of them succeeds',
    async fixture => {
      const name = await fixture.provider('a')
      const untilMs = (await fixture.nowMs()) + 60_000
      await fixture.answer(observe(name, { refusal: refusal(untilMs, { model: '*:free' }) }))
      const { models } = await fixture.stats(name)
      assert.deepEqual(models, [
        { model: '*:free', status: 'disabled', availableAt: new Date(untilMs).toISOString() },
      ])
      const decision = async (model: string): Promise<string> =>
        (await fixture.answer(reserve(fixture.id(), name, { model }))).decision
      assert.deepEqual([await decision('a:free'), await decision('a')], ['denied', 'granted'])
      await fixture.answer(observe(name, { model: 'a', succeeded: true }))
      assert.equal(await decision('b:free'), 'denied')
      await fixture.advance(1)
      await fixture.answer(observe(name, { model: 'b:free', succeeded: true }))
      assert.equal(await decision('a:free'), 'granted')
    },
  ),

  clockCase(
    'an answered list of models proves the credential, but not billing, rates or capacity',
    async fixture => {
      const kinds = ['bad_credential', 'billing', 'rate_limit', 'shared_capacity', 'unknown_model'] as const
      for (const kind of kinds) {
        const name = await fixture.provider(`a-${kind}`)
        const untilMs = (await fixture.nowMs()) + 3_600_000
        await fixture.answer(observe(name, { refusal: refusal(untilMs, { kind }) }))
        await fixture.advance(1_000)
        for (const answerTo of ['models', 'unknown'] as const)
          await fixture.answer(observe(name, { succeeded: true, answerTo }))
        assert.equal((await fixture.stats(name)).available, kind === 'bad_credential', kind)
        await fixture.answer(observe(name, { succeeded: true }))
        assert.equal((await fixture.stats(name)).available, true, `${kind} after a call`)
      }
    },
  ),

  clockCase('a list requested before the key was refused does not end the refusal', async fixture => {
    const name = await fixture.provider('a')
    await fixture.answer(observe(name, { refusal: refusal(null, { kind: 'bad_credential' }) }))
    await fixture.advance(1_000)
    const list = { succeeded: true, answerTo: 'models' } as const
    await fixture.answer(observe(name, { ...list, agoMs: 2_000 }))
    assert.equal((await fixture.stats(name)).available, false)
    await fixture.answer(observe(name, { ...list, agoMs: 500 }))
    assert.equal((await fixture.stats(name)).available, true)
  }),

  contractCase('a denial states why the vendor refused the key, and the HTTP status', async fixture => {
    const name = await fixture.provider('a')
    const reported = { kind: 'bad_credential', httpStatus: 401 } as const
    await fixture.answer(observe(name, { refusal: refusal(null, reported) }))
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied')
    const [reason] = denied.reasons
    assert.deepEqual(
      [reason?.code, reason?.cause, reason?.httpStatus],
      ['cooling_down', 'bad_credential', 401],
    )
  }),

  contractCase(
    'a new key ends billing and credential refusals of the old one, and nothing else',
    async fixture => {
      const kinds = ['bad_credential', 'billing', 'rate_limit', 'shared_capacity'] as const
      for (const kind of kinds) {
        const name = await fixture.provider(`a-${kind}`)
        const untilMs = (await fixture.nowMs()) + 3_600_000
        await fixture.answer(observe(name, { keyFingerprint: 'one', refusal: refusal(untilMs, { kind }) }))
        const retry = (keyFingerprint: string) =>
          fixture.answer({ type: 'retryKey', name, keyFingerprint, isOtherThanUnknown: true } as const)
        const ofKey = kind === 'bad_credential' || kind === 'billing'
        const same = await retry('one')
        assert.deepEqual([same.changed, same.refused], [false, kind === 'bad_credential'])
        assert.equal((await fixture.stats(name)).available, false)
        assert.deepEqual([(await retry('two')).changed, (await retry('two')).refused], [ofKey, false])
        assert.equal((await fixture.stats(name)).available, ofKey, kind)
      }
    },
  ),

  contractCase('a refusal with an unknown key ends only if the key is stated to be new', async fixture => {
    const name = await fixture.provider('a')
    await fixture.answer(observe(name, { refusal: refusal(null, { kind: 'billing' }) }))
    const key = { type: 'retryKey', name, keyFingerprint: 'one' } as const
    assert.equal((await fixture.answer({ ...key, isOtherThanUnknown: false })).changed, false)
    assert.equal((await fixture.answer({ ...key, isOtherThanUnknown: true })).changed, true)
    await fixture.refusal({ ...key, name: 'nobody', isOtherThanUnknown: true }, 'UNKNOWN_PROVIDER')
  }),

  clockCase(
    'the trial after a short cool-down bars other calls no longer than the cool-down did',
    async fixture => {
      const name = await fixture.provider('a')
      const untilMs = (await fixture.nowMs()) + 10_000
      await fixture.answer(observe(name, { refusal: refusal(untilMs, { kind: 'bad_credential' }) }))
      await fixture.advance(10_000)
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
      await fixture.advance(10_000)
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    },
  ),

  clockCase('a success with another key does not end the refusal of one key', async fixture => {
    const name = await fixture.provider('a')
    const untilMs = (await fixture.nowMs()) + 3_600_000
    const kinds = ['bad_credential', 'billing', 'rate_limit'] as const
    for (const kind of kinds)
      await fixture.answer(observe(name, { keyFingerprint: 'one', refusal: refusal(untilMs, { kind }) }))
    await fixture.advance(1_000)
    const causes = async (): Promise<unknown> => {
      const answer = await fixture.answer(reserve(fixture.id(), name))
      return answer.decision === 'denied' ? answer.reasons.map(({ cause }) => cause) : []
    }
    await fixture.answer(observe(name, { keyFingerprint: 'two', succeeded: true }))
    assert.deepEqual(await causes(), ['bad_credential', 'billing'])
    await fixture.answer(observe(name, { keyFingerprint: 'one', succeeded: true }))
    assert.deepEqual(await causes(), [])
  }),
]
