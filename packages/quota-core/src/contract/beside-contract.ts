import assert from 'node:assert/strict'
import type { Command } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import type { QuotaStore } from '../store.js'
import { commit, limit, record, reserve, upsertProvider } from './commands.js'
import { besideCase, type StoreContractCase } from './contract-case.js'

async function only(store: QuotaStore, command: Command): Promise<Outcome> {
  const [outcome] = await store.execute([command])
  assert.ok(outcome)
  return outcome
}

/** `granted` or `denied` for reservations, `ok` for other commands, or an error's code. */
async function decisionOf(store: QuotaStore, command: Command): Promise<string> {
  const outcome = await only(store, command)
  if (!outcome.ok) return outcome.error.code
  return 'decision' in outcome.answer ? outcome.answer.decision : 'ok'
}

function countOf(decisions: readonly string[], decision: string): number {
  return decisions.filter(each => each === decision).length
}

/** Two processes on the same data: each decision must see the other's changes. */
export const besideCases: readonly StoreContractCase[] = [
  besideCase('two stores together grant exactly what one would', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [limit({ max: 25 })] })
    const decisions = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        decisionOf(index % 2 === 0 ? fixture.store : beside, reserve(fixture.id(), name)),
      ),
    )
    assert.equal(countOf(decisions, 'granted'), 25)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 25 })
  }),

  besideCase('members of a pool at two stores share its quota', async (fixture, beside) => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 20 })] })
    const [a, b] = [await fixture.provider('a', { pool }), await fixture.provider('b', { pool })]
    const decisions = await Promise.all(
      Array.from({ length: 48 }, (_, index) =>
        decisionOf(index % 2 === 0 ? fixture.store : beside, reserve(fixture.id(), index % 3 === 0 ? a : b)),
      ),
    )
    assert.equal(countOf(decisions, 'granted'), 20)
  }),

  besideCase('usage counted by another store is seen, for each model too', async (fixture, beside) => {
    const limits = [limit({ max: 10 }), limit({ metric: 'characters', max: 100, model: '*', per: 'model' })]
    const name = await fixture.provider('a', { limits })
    const of = (model: string, characterCount: number) => ({ model, counts: { characterCount } })
    for (const store of [fixture.store, beside])
      assert.equal(await decisionOf(store, reserve(fixture.id(), name, of('m', 10))), 'granted')
    assert.equal(await decisionOf(beside, record(fixture.id(), name, of('m', 80))), 'ok')
    assert.equal(await decisionOf(fixture.store, reserve(fixture.id(), name, of('m', 10))), 'denied')
    await fixture.answer(record(fixture.id(), name, of('n', 100)))
    assert.equal(await decisionOf(beside, reserve(fixture.id(), name, of('n', 1))), 'denied')
    await fixture.answer(record(fixture.id(), name, { model: 'o', counts: { requestCount: 6 } }))
    assert.equal(await decisionOf(beside, reserve(fixture.id(), name, { model: 'q' })), 'denied')
  }),

  besideCase('settings changed by another store apply at once', async (fixture, beside) => {
    const settings = { vendor: 'vendor', timeZone: fixture.timeZone }
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const ask = (store: QuotaStore): Promise<string> => decisionOf(store, reserve(fixture.id(), name))
    for (const store of [fixture.store, beside]) assert.equal(await ask(store), 'granted')
    await only(beside, upsertProvider(name, { ...settings, limits: [limit({ max: 2 })] }))
    assert.equal(await ask(fixture.store), 'denied')
    await only(fixture.store, upsertProvider(name, { ...settings, limits: [limit({ max: 3 })] }))
    assert.equal(await ask(beside), 'granted')
    assert.equal(await ask(beside), 'denied')
    await only(beside, upsertProvider(name, { ...settings, limits: [] }))
    await only(beside, { type: 'setEnabled', kind: 'provider', name, enabled: false, actor: 'admin' })
    assert.equal(await ask(fixture.store), 'denied')
    await only(fixture.store, { type: 'setEnabled', kind: 'provider', name, enabled: true, actor: 'admin' })
    assert.equal(await ask(beside), 'granted')
  }),

  besideCase('a reservation is settled once, at either store', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    const stores = [fixture.store, beside, fixture.store, beside]
    const settled = await Promise.all(stores.map(store => decisionOf(store, commit(id))))
    assert.deepEqual(settled, ['ok', 'ok', 'ok', 'ok'])
    const otherwise = commit(id, { counts: { requestCount: 2 } })
    assert.equal(await decisionOf(beside, otherwise), 'ALREADY_SETTLED')
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  besideCase('one id at two stores is one reservation', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    const stores = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? fixture.store : beside))
    const decisions = await Promise.all(stores.map(store => decisionOf(store, reserve(id, name))))
    assert.equal(countOf(decisions, 'granted'), 10)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  besideCase('usage reset by another store is available again', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [limit({ max: 1 })] })
    assert.equal(await decisionOf(fixture.store, record(fixture.id(), name)), 'ok')
    for (const store of [fixture.store, beside])
      assert.equal(await decisionOf(store, reserve(fixture.id(), name)), 'denied')
    await only(beside, {
      type: 'resetUsage',
      id: fixture.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    assert.equal(await decisionOf(fixture.store, reserve(fixture.id(), name)), 'granted')
    assert.equal(await decisionOf(beside, reserve(fixture.id(), name)), 'denied')
  }),
]
