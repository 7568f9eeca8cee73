import { consumerKind, noCounts, QuotaService } from '@quotakeeper/quota-core'
import { immortal } from './connection.js'
import type { Random } from './random.js'
import type { QuotaRule } from './vendor-quota.js'
import { admin, limitOf, type World } from './world.js'

/** Each process runs an expiry step each second; here rarely, so that many attempts stay due. */
export function startExpiry(world: World): void {
  const { plan, random, store, timeline } = world
  for (let count = 0; count < plan.processCount; count++) {
    const actor = immortal()
    timeline.start(0, actor, async () => {
      const pauseMs = Math.ceil((plan.endMs - plan.startMs) / 100)
      while (timeline.nowMs < plan.endMs) {
        await timeline.sleep(random.integer(1, pauseMs), actor)
        // Read by one process, and expired after others may have settled, extended or expired the same attempts.
        const attempts = await store.read({ type: 'due', subjects: null, pageSize: 250 })
        if (random.chance(0.3)) await timeline.sleep(random.integer(1, 2_000), actor)
        await world.land([{ type: 'expire', attempts }])
      }
    })
  }
}

/** Starts the disturbances of a wild history. */
export function startInterference(world: World): void {
  for (const interfere of [changeSettings, moveClock, callFromElsewhere]) {
    const actor = immortal()
    world.timeline.start(0, actor, async () => {
      const { plan, random, timeline } = world
      const lengthMs = plan.endMs - plan.startMs
      for (;;) {
        await timeline.sleep(random.integer(1, Math.floor(lengthMs / 3)), actor)
        if (timeline.nowMs >= plan.endMs) return
        await interfere(world)
      }
    })
  }
}

/** An admin lowers and raises limits, disables and enables keys and consumers, and resets usage of keys. */
async function changeSettings(world: World): Promise<void> {
  const { plan, random, store } = world
  const service = new QuotaService({ store, newId: () => world.newId() })
  const [first, ...others] = plan.providers
  if (first === undefined) return
  const { name } = random.pick(first, ...others)
  switch (random.pick('limits', 'limits', 'consumers', 'consumers', 'enable', 'disable', 'reset')) {
    case 'limits':
      return changeLimits(world, service)
    case 'consumers':
      return changeConsumer(world)
    case 'enable':
    case 'disable': {
      const enabled = random.chance(0.7)
      await service.setProviderEnabled({ name, enabled }, 'admin')
      return
    }
    case 'reset':
      await world.land([
        { type: 'resetUsage', id: world.newId(), subject: { kind: 'provider', name }, actor: 'admin' },
      ])
  }
}

async function changeConsumer(world: World): Promise<void> {
  const { plan, random } = world
  const [first, ...others] = plan.consumers
  if (first === undefined) return
  const { name, rules } = random.pick(first, ...others)
  const settings = random.chance(0.2)
    ? { enabled: random.chance(0.7) }
    : { limits: changedRules(rules, random).map(limitOf) }
  await world.land([{ type: 'upsertConsumer', kind: consumerKind, name, ...settings, ...admin }])
}

/** Most of the rules, all with other units. */
function changedRules(rules: readonly QuotaRule[], random: Random): readonly QuotaRule[] {
  const factor = random.pick(0.3, 0.8, 1, 1.5)
  return rules
    .filter(() => random.chance(0.9))
    .map(rule => ({ ...rule, max: Math.max(1, Math.round(rule.max * factor)) }))
}

async function changeLimits({ plan, random }: World, service: QuotaService): Promise<void> {
  const accounts = [
    ...plan.providers.map(account => ({ account, isPool: false })),
    ...plan.pools.map(account => ({ account, isPool: true })),
  ]
  const [first, ...others] = accounts
  if (first === undefined) return
  const { account, isPool } = random.pick(first, ...others)
  const limits = changedRules(account.rules, random).map(limitOf)
  const same = {
    name: account.name,
    timeZone: undefined,
    dayStartsAt: undefined,
    monthStartsOn: undefined,
    thresholdsPercent: undefined,
  }
  if (isPool) {
    await service.upsertPool({ ...same, limits }, admin)
    return
  }
  const rest = { vendor: undefined, pool: undefined, models: undefined, priority: undefined }
  await service.upsertProvider(
    { ...same, ...rest, onExpiry: undefined, consumers: undefined, metadata: undefined, limits },
    admin,
  )
}

/** Sets the store's clock: slightly or far ahead or back, or right. */
async function moveClock({ random, timeline }: World): Promise<void> {
  const hourMs = 3_600_000
  timeline.skewMs = random.pick(0, 0, -1, -30_000, -hourMs, 30_000, 2 * hourMs, -26 * hourMs)
}

/** Another user of a key makes a call: the vendor counts it, and the next answer reports it. */
async function callFromElsewhere({ plan, random, timeline, vendors }: World): Promise<void> {
  const [first, ...others] = plan.providers
  if (first === undefined) return
  const used = { ...noCounts, requestCount: 1, inputTokenCount: 20, outputTokenCount: random.integer(1, 50) }
  const { name: keyName } = random.pick(first, ...others)
  vendors.receive({ id: null, keyName, asked: used, used }, timeline.nowMs)
}
