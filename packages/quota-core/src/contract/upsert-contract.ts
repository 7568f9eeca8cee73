import assert from 'node:assert/strict'
import type { Command } from '../domain/command.js'
import type { Provider } from '../domain/owner.js'
import { providerRef } from '../domain/subject.js'
import { consumerKind, poolKind } from '../domain/subject-kinds.js'
import type { QuotaStore } from '../store.js'
import { limit, type ProviderSettings, upsertPool, upsertProvider } from './commands.js'
import { byApi } from './consumer-fixture.js'
import { besideCase, contractCase, roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

/** Enough for either of two callers to be the first. */
const rounds = 8

const ifExists = (name: string, settings: ProviderSettings = {}): Command =>
  upsertProvider(name, { ...settings, onlyIf: 'exists' })
const ifAbsent = (name: string, settings: ProviderSettings = {}): Command =>
  upsertProvider(name, { vendor: 'vendor', ...settings, onlyIf: 'absent' })
const removalOf = (name: string): Command => ({ type: 'removeSubject', ...providerRef(name), ...byApi })

/** `ok`, or the code of the error. */
async function codeOf(store: QuotaStore, command: Command): Promise<string> {
  const [outcome] = await store.execute([command])
  assert.ok(outcome)
  return outcome.ok ? 'ok' : outcome.error.code
}

async function providerNamed(fixture: Fixture, name: string): Promise<Provider | undefined> {
  const query = { type: 'snapshot', providerNames: [name], counters: { calls: [] } } as const
  return (await fixture.store.read(query)).state.provider(name)
}

/** What upserts and removals require of their owners. */
export const upsertCases: readonly StoreContractCase[] = [
  contractCase('a change of an owner in use neither creates nor revives one', async fixture => {
    const missing = fixture.name('missing')
    const pool = upsertPool(missing, { onlyIf: 'exists' })
    const consumer = { type: 'upsertConsumer', kind: consumerKind, name: missing, ...byApi } as const
    const refused = await fixture.refusal(ifExists(missing, { vendor: 'vendor' }), 'UNKNOWN_PROVIDER')
    assert.equal(refused.field, 'name')
    await fixture.refusal(pool, 'UNKNOWN_POOL')
    await fixture.refusal({ ...consumer, onlyIf: 'exists' }, 'UNKNOWN_CONSUMER')
    assert.equal(await providerNamed(fixture, missing), undefined)
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await fixture.answer(ifExists(name, { priority: 5 }))
    assert.equal((await providerNamed(fixture, name))?.priority, 5)
    await fixture.answer(removalOf(name))
    await fixture.refusal(ifExists(name, { priority: 6 }), 'UNKNOWN_PROVIDER')
    const removed = await providerNamed(fixture, name)
    assert.ok(removed && removed.removedAtMs !== null)
    assert.equal(removed.priority, 5)
    // The names are free.
    for (const command of [ifAbsent(missing), upsertPool(missing, {}), consumer])
      await fixture.answer<Command>(command)
    for (const command of [ifExists(missing), pool, { ...consumer, onlyIf: 'exists' } as const])
      await fixture.answer<Command>(command)
  }),

  contractCase('a creation changes no owner in use, and revives a removed one', async fixture => {
    const name = fixture.name('a')
    await fixture.answer(ifAbsent(name, { priority: 5, timeZone: fixture.timeZone }))
    const error = await fixture.refusal(ifAbsent(name, { priority: 6 }), 'NAME_TAKEN')
    assert.equal(error.field, 'name')
    assert.equal((await providerNamed(fixture, name))?.priority, 5)
    await fixture.answer(removalOf(name))
    await fixture.answer(ifAbsent(name, { priority: 7 }))
    const revived = await providerNamed(fixture, name)
    assert.deepEqual([revived?.priority, revived?.removedAtMs], [7, null])
    const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
    await fixture.refusal(upsertPool(pool, { limits: [], onlyIf: 'absent' }), 'NAME_TAKEN')
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: null })
    assert.equal(state.subject({ kind: poolKind, name: pool })?.limits.length, 1)
    const consumer = { type: 'upsertConsumer', kind: consumerKind, name, ...byApi, onlyIf: 'absent' } as const
    await fixture.answer(consumer)
    await fixture.refusal({ ...consumer, enabled: false }, 'NAME_TAKEN')
  }),

  besideCase(
    'a removal is not undone by a change that another store makes at once',
    async (fixture, beside) => {
      for (let round = 0; round < rounds; round++) {
        const name = await fixture.provider(`a${round}`)
        const removal = () => codeOf(fixture.store, removalOf(name))
        const change = () => codeOf(beside, ifExists(name, { priority: round }))
        const [first, second] = round % 2 === 0 ? [removal, change] : [change, removal]
        const codes = await Promise.all([first(), second()])
        const changed = codes[round % 2 === 0 ? 1 : 0] ?? ''
        assert.ok(['ok', 'UNKNOWN_PROVIDER'].includes(changed), `the change ended with ${changed}`)
        assert.equal(codes[round % 2], 'ok')
        assert.notEqual((await providerNamed(fixture, name))?.removedAtMs, null)
      }
    },
  ),

  besideCase('of creations of one name at two stores, one is made', async (fixture, beside) => {
    for (let round = 0; round < rounds; round++) {
      const name = fixture.name(`a${round}`)
      const codes = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          codeOf(
            index % 2 === 0 ? fixture.store : beside,
            ifAbsent(name, { vendor: `vendor ${index}`, timeZone: fixture.timeZone }),
          ),
        ),
      )
      const made = codes.indexOf('ok')
      assert.deepEqual(
        codes.filter((_, index) => index !== made),
        Array.from({ length: 5 }, () => 'NAME_TAKEN'),
      )
      assert.equal((await providerNamed(fixture, name))?.vendor, `vendor ${made}`)
    }
  }),

  besideCase('of changes at two stores that expect the same state, one is made', async (fixture, beside) => {
    for (let round = 0; round < rounds; round++) {
      const name = await fixture.provider(`a${round}`)
      const expectedUpdatedAtMs = (await providerNamed(fixture, name))?.updatedAtMs
      const codes = await Promise.all(
        Array.from({ length: 6 }, (_, index) => {
          const limits = [limit({ id: `limit ${index}`, max: index })]
          const change = ifExists(name, { limits, expectedUpdatedAtMs })
          return codeOf(index % 2 === 0 ? fixture.store : beside, change)
        }),
      )
      const made = codes.indexOf('ok')
      assert.deepEqual(
        codes.filter((_, index) => index !== made),
        Array.from({ length: 5 }, () => 'REVISION_CHANGED'),
      )
      const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
      assert.deepEqual(
        state.subject(providerRef(name))?.limits.map(({ max }) => max),
        [made],
      )
    }
  }),

  contractCase('a change may leave who manages its owner, but not what the file manages', async fixture => {
    const name = await fixture.provider('a', { managedBy: 'demo' })
    const pool = await fixture.pool('p', { managedBy: 'demo' })
    await fixture.answer(ifExists(name, { priority: 5, managedBy: 'unchanged' }))
    await fixture.answer(upsertPool(pool, { limits: [limit({ max: 9 })], managedBy: 'unchanged' }))
    const query = { type: 'snapshot', providerNames: null } as const
    const { state } = await fixture.store.read(query)
    assert.deepEqual([state.provider(name)?.managedBy, state.provider(name)?.priority], ['demo', 5])
    assert.equal(state.owner({ kind: poolKind, name: pool })?.managedBy, 'demo')
    await fixture.answer(ifExists(name, { managedBy: 'file' }))
    await fixture.refusal(ifExists(name, { priority: 6, managedBy: 'unchanged' }), 'MANAGED_BY_FILE')
  }),

  roughClockCase(
    'a removal that expects an earlier state leaves what others have made since',
    async fixture => {
      const name = fixture.name('a')
      const create = upsertProvider(name, {
        ...{ vendor: 'vendor', timeZone: fixture.timeZone, onlyIf: 'absent' },
      })
      const { updatedAtMs } = await fixture.answer(create)
      const removal = { type: 'removeSubject', ...providerRef(name), ...byApi } as const
      const expecting = { ...removal, expectedUpdatedAtMs: updatedAtMs }
      await fixture.advance(10)
      await fixture.answer(removal)
      await fixture.advance(10)
      const made = await fixture.answer(create)
      const error = await fixture.refusal(expecting, 'REVISION_CHANGED')
      assert.equal(error.field, 'expectedUpdatedAt')
      assert.equal((await providerNamed(fixture, name))?.removedAtMs, null)
      // A change that changes nothing answers the instant of the last that did.
      await fixture.advance(10)
      assert.equal((await fixture.answer(upsertProvider(name, {}))).updatedAtMs, made.updatedAtMs)
      for (let times = 0; times < 2; times++)
        await fixture.answer({ ...removal, expectedUpdatedAtMs: made.updatedAtMs })
      assert.notEqual((await providerNamed(fixture, name))?.removedAtMs, null)
    },
  ),
]
