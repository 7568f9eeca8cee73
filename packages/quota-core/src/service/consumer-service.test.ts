import { expect, test } from 'vitest'
import { limit } from '../contract/commands.js'
import type { Command } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import { consumerSchema } from '../input/consumer-input.js'
import { parse } from '../input/parse.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import type { Query, QueryResult } from '../store.js'
import { ConsumerService } from './consumer-service.js'

const byApi = { actor: 'admin', managedBy: 'api' } as const

/** A store in which something happens right before consumers take over a plan's new limits. */
class InterruptedStore extends MemoryQuotaStore {
  meanwhile: readonly Command[] = []

  override async execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const isOfPlan = commands.some(
      command => command.type === 'upsertConsumer' && command.actor === 'plan pro',
    )
    if (isOfPlan) await super.execute(this.meanwhile)
    return super.execute(commands)
  }
}

async function threeOfPlan() {
  const store = new InterruptedStore({ now: () => Date.UTC(2026, 10, 25, 12) })
  const consumers = new ConsumerService(store)
  await consumers.upsertPlan({ name: 'pro', limits: [limit({ max: 1 })] }, byApi)
  for (const name of ['a', 'b', 'c'])
    await consumers.upsert(parse(consumerSchema, { name, plan: 'pro' }), byApi)
  return { store, consumers }
}

test('a consumer that is removed while its plan changes stays removed', async () => {
  const { store, consumers } = await threeOfPlan()
  store.meanwhile = [{ type: 'removeSubject', kind: 'consumer', name: 'b', ...byApi }]
  await consumers.upsertPlan({ name: 'pro', limits: [limit({ max: 2 })] }, byApi)
  const { rows } = await consumers.list({ cursor: null, pageSize: 10 })
  expect(rows.map(({ name, planLimits }) => [name, planLimits[0]?.max])).toEqual([
    ['a', 2],
    ['c', 2],
  ])
})

test('a consumer that leaves its plan while that changes does not get its limits', async () => {
  const { store, consumers } = await threeOfPlan()
  const leaves = { type: 'upsertConsumer', kind: 'consumer', name: 'b', plan: null, ...byApi } as const
  store.meanwhile = [leaves]
  await consumers.upsertPlan({ name: 'pro', limits: [limit({ max: 2 })] }, byApi)
  expect((await consumers.get('b')).planLimits).toEqual([])
})

test('a consumer that the file begins to manage while its plan changes has the new limits', async () => {
  const { store, consumers } = await threeOfPlan()
  const byFile = { actor: 'file', managedBy: 'file' } as const
  store.meanwhile = [{ type: 'upsertConsumer', kind: 'consumer', name: 'b', ...byFile }]
  await consumers.upsertPlan({ name: 'pro', limits: [limit({ max: 2 })] }, byApi)
  expect((await consumers.get('b')).planLimits[0]?.max).toBe(2)
})

/** A store in which a plan is removed between the reads of names and of settings. */
class RemovingStore extends MemoryQuotaStore {
  override async read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    if (query.type === 'settings')
      await this.execute([{ type: 'removeSubject', kind: 'plan', name: 'plan 1001', ...byApi }])
    return super.read(query)
  }
}

test('all plans are listed, without one that is removed meanwhile', async () => {
  const store = new RemovingStore({ now: () => Date.UTC(2026, 10, 25, 12) })
  const consumers = new ConsumerService(store)
  const names = Array.from({ length: 1_002 }, (_, index) => `plan ${1_000 + index}`)
  await store.execute(
    names.map(name => ({ type: 'upsertSubject', kind: 'plan', name, limits: [], ...byApi })),
  )
  const listed = await consumers.plans()
  expect(listed.map(({ name }) => name)).toEqual(names.filter(name => name !== 'plan 1001'))
})
