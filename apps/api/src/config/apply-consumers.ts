import { type ConsumerView, maxConsumersAtOnce } from '@quotakeeper/quota-core'
import { byFile, orLater, type Target, unlessGone } from './apply-change.js'
import type { ConsumerSetup, Setup } from './setup.js'

/**
 * Creates and updates the plans and consumers of a configuration file, and removes those that it no longer names.
 * Writes only those that differ: a file may name thousands.
 */
export async function applyConsumers(
  { plans, consumers }: Pick<Setup, 'plans' | 'consumers'>,
  { service, log }: Target,
): Promise<void> {
  for (const plan of plans) await service.consumers.upsertPlan(plan, byFile)
  const known = await everyConsumer(service)
  for (const consumer of consumers) {
    if (isAsSet(known.get(consumer.name), consumer)) continue
    const request = { ...consumer, enabled: undefined }
    await orLater(`consumer ${consumer.name}`, () => service.consumers.upsert(request, byFile), log)
  }
  const names = new Set(consumers.map(({ name }) => name))
  const dropped = [...known.values()].filter(
    ({ name, managedBy }) => managedBy === 'file' && !names.has(name),
  )
  for (const { name } of childrenFirst(dropped))
    await orLater(`consumer ${name}`, () => unlessGone(service.consumers.remove(name, byFile)), log)
  const planNames = new Set(plans.map(({ name }) => name))
  for (const { name, managedBy } of await service.consumers.plans()) {
    if (managedBy !== 'file' || planNames.has(name)) continue
    await orLater(`plan ${name}`, () => unlessGone(service.consumers.removePlan(name, byFile)), log)
  }
}

async function everyConsumer({ consumers }: Target['service']): Promise<ReadonlyMap<string, ConsumerView>> {
  const found = new Map<string, ConsumerView>()
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof consumers.list>> = await consumers.list({
      cursor,
      pageSize: maxConsumersAtOnce,
    })
    for (const consumer of page.rows) found.set(consumer.name, consumer)
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}

/** Whether the consumer is managed by the file and has these settings. */
function isAsSet(view: ConsumerView | undefined, setup: ConsumerSetup): boolean {
  if (view?.managedBy !== 'file') return false
  // Both have the same fields in other orders.
  return Object.entries(setup).every(([field, value]) => isEqual(value, view[field as keyof ConsumerSetup]))
}

function isEqual(left: unknown, right: unknown): boolean {
  return sortedJson(left) === sortedJson(right)
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}

/** In an order in which none has children when it is removed. */
function childrenFirst(consumers: readonly ConsumerView[]): readonly ConsumerView[] {
  const byName = new Map(consumers.map(consumer => [consumer.name, consumer]))
  const levelOf = ({ parent }: ConsumerView): number => {
    const above = parent === null ? undefined : byName.get(parent)
    return above === undefined ? 1 : 1 + levelOf(above)
  }
  return consumers.toSorted((left, right) => levelOf(right) - levelOf(left))
}
