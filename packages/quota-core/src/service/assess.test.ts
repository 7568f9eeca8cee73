import { expect, test } from 'vitest'
import { parse } from '../input/parse.js'
import { providerSchema } from '../input/provider-input.js'
import { acquireSchema } from '../input/quota-input.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { QuotaService } from './quota-service.js'

const by = { actor: 'test', managedBy: 'api' } as const

async function serviceWith(providers: readonly { readonly name: string; readonly priority: number }[]) {
  const service = new QuotaService({ store: new MemoryQuotaStore({ now: () => Date.UTC(2026, 10, 25, 12) }) })
  for (const { name, priority } of providers) {
    const limits = [{ metric: 'requests', window: 'day', max: 1 } as const]
    await service.upsertProvider(parse(providerSchema, { name, vendor: 'custom', priority, limits }), by)
  }
  return service
}

test('every candidate is assessed in its order, step by step, and supposed priorities are not stored', async () => {
  const service = await serviceWith([
    { name: 'a', priority: 10 },
    { name: 'b', priority: 20 },
    { name: 'c', priority: 30 },
  ])
  const spent = await service.acquire(parse(acquireSchema, { candidates: [{ providerName: 'c' }] }))
  expect(spent.decision).toBe('granted')
  const request = parse(acquireSchema, { strategy: 'priority' })
  const of = (providerName: string) => ({ providerName, model: '' })
  const assess = async (priorities?: ReadonlyMap<string, number>) => {
    const keyless = new Map([['b', 'B_KEY']])
    const steps = [[of('a'), of('b'), of('c')], [of('b')]]
    const answer = await service.assess(request, { steps, priorities, keyless })
    return answer.map(step =>
      step.map(({ candidate, reasons }) => [candidate.providerName, reasons.map(({ code }) => code).join()]),
    )
  }
  expect(await assess()).toEqual([
    [
      ['a', ''],
      ['b', 'no_key'],
      ['c', 'exhausted'],
    ],
    [['b', 'no_key']],
  ])
  expect(
    await assess(
      new Map([
        ['c', 1],
        ['a', 90],
      ]),
    ),
  ).toEqual([
    [
      ['c', 'exhausted'],
      ['b', 'no_key'],
      ['a', ''],
    ],
    [['b', 'no_key']],
  ])
  // The same choice as that of a call.
  const explained = await service.explain(
    { ...request, candidates: [of('a'), of('b'), of('c')] },
    { keyless: new Map([['b', 'B_KEY']]) },
  )
  expect(explained.chosen?.providerName).toBe('a')
  expect((await service.provider('c')).priority).toBe(30)
})
