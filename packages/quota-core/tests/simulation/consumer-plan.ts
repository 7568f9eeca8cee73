import type { Pace } from './plan.js'
import type { Random } from './random.js'
import type { Account } from './vendor.js'
import type { QuotaRule } from './vendor-quota.js'

/** The consumer and the end user of a call. */
export interface Caller {
  /** A registered consumer, a label, or `''` for none. */
  readonly consumer: string
  /** `''` for none. */
  readonly endUser: string
}

/** A consumer with limits. */
export interface PlannedConsumer extends Account {
  /** The name of a consumer before it in the plan; null for none. */
  readonly parent: string | null
}

/** Registered consumers, and names of which calls are made. */
export interface ConsumerPlan {
  readonly consumers: readonly PlannedConsumer[]
  readonly callerNames: readonly [string, ...string[]]
}

const endUsers = ['', 'ann', 'bob'] as const

/** Consumers in three levels; in some histories none. */
export function drawConsumers(
  pace: Pace,
  { random, pickZone }: { readonly random: Random; readonly pickZone: (random: Random) => string },
): ConsumerPlan {
  if (random.chance(0.2)) return { consumers: [], callerNames: ['', 'label'] }
  // Either consumers or keys are scarce.
  const isScarce = random.chance(0.5)
  const teams = random.pick(['team'], ['team', 'other-team'])
  const applications = random.pick(['app'], ['app', 'other-app'])
  const draw = (name: string, parent: string | null, scale: number): PlannedConsumer => {
    const rules = random.chance(0.7) ? drawRules(pace, { random, scale: isScarce ? scale : 4 * scale }) : []
    return { name, parent, timeZone: pickZone(random), rules }
  }
  const consumers = [
    draw('company', null, 3),
    ...teams.map(name => draw(name, 'company', 2)),
    ...applications.map(name => draw(name, 'team', 1)),
  ]
  const called = consumers.filter(() => random.chance(0.7)).map(({ name }) => name)
  const free: ConsumerPlan['callerNames'] = isScarce ? ['label'] : ['', 'label']
  return { consumers, callerNames: [...free, ...applications, ...called] }
}

/** One or two limits; of several times the units for consumers with others below them. */
function drawRules(
  pace: Pace,
  { random, scale }: { readonly random: Random; readonly scale: number },
): readonly QuotaRule[] {
  const window = random.chance(0.7)
    ? pace === 'minutes'
      ? 'minute'
      : 'day'
    : pace === 'minutes'
      ? 'rolling-60s'
      : 'rolling-1d'
  const requests: QuotaRule = { metric: 'requests', window, max: scale * random.integer(1, 4) }
  const tokens: QuotaRule = { metric: 'tokens', window, max: scale * random.integer(150, 300) }
  const ofUser: QuotaRule = { metric: 'requests', window, max: random.integer(1, 3), per: 'user' }
  return random.pick([requests], [tokens], [requests, tokens], [requests, ofUser], [ofUser])
}

/** Draws the consumer and the end user of a call. */
export function drawCaller({ callerNames: [first, ...others] }: ConsumerPlan, random: Random): Caller {
  const consumer = random.pick(first, ...others)
  return { consumer, endUser: consumer === '' ? '' : random.pick(...endUsers) }
}
