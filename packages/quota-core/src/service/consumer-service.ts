import { limitsWithPlan } from '../decide/subjects/plan-limits.js'
import { canonicalJson } from '../domain/canonical-json.js'
import type { UpsertConsumerCommand } from '../domain/command.js'
import type { Consumer } from '../domain/owner.js'
import { QuotaError } from '../domain/quota-error.js'
import type { QuotaState } from '../domain/state.js'
import { isSameSubject, type SubjectRef } from '../domain/subject.js'
import { consumerKind, planKind } from '../domain/subject-kinds.js'
import type { HourOfUsage } from '../forecast/recent-hours.js'
import { forecastLimit } from '../forecast/with-forecast.js'
import type { ConsumerRequest, PlanRequest } from '../input/consumer-input.js'
import { type ConsumersQuery, maxConsumersAtOnce } from '../input/consumer-list-input.js'
import type { SetEnabledInput } from '../input/provider-input.js'
import { type ConsumerStats, consumerStats } from '../stats/consumer-stats.js'
import type { OwnersQuery, PageOf, QuotaStore, ReadOptions, Snapshot } from '../store.js'
import type { Actor } from './actor.js'
import { type ConsumerView, consumerView, type PlanView, planView } from './consumer-view.js'
import { executeOne } from './execute-one.js'
import { settingsOf } from './provider-view.js'

/** What gateways need to know of a consumer for its calls. */
export interface CallSettings {
  /** Whether calls reserve all output that they request, and are cut to it: where an ancestor is strict, too. */
  readonly isStrict: boolean
  /** Globs of models, its own and those of each ancestor: it may call what matches one of each list. */
  readonly models: readonly (readonly string[])[]
}

const consumersOfPlanAtOnce = 100

/**
 * The operations on consumers and plans, for parsed input. Every method throws QuotaError, and any may throw
 * STORE_UNAVAILABLE.
 */
export class ConsumerService {
  readonly #store: QuotaStore

  constructor(store: QuotaStore) {
    this.#store = store
  }

  /** Settings of consumers, by name. @throws QuotaError INVALID_INPUT for an invalid cursor */
  async list(query: ConsumersQuery, options?: ReadOptions): Promise<PageOf<ConsumerView>> {
    const { names, nextCursor } = await this.#page(query, options)
    const rows: ConsumerView[] = []
    for (const some of partsOf(names)) {
      const refs = some.map(consumerRef)
      const state = await this.#settingsOf(refs)
      for (const { name } of inUse(state, refs)) rows.push(consumerView(state, name))
    }
    return { rows, nextCursor }
  }

  /** The stats of consumers, by name. @throws QuotaError INVALID_INPUT for an invalid cursor */
  async allStats(query: ConsumersQuery, options?: ReadOptions): Promise<PageOf<ConsumerStats>> {
    const { names, nextCursor } = await this.#page(query, options)
    const rows: ConsumerStats[] = []
    for (const some of partsOf(names)) {
      const refs = some.map(consumerRef)
      const { state, nowMs } = await this.#stateOf(refs)
      for (const { name } of inUse(state, refs)) rows.push(consumerStats(state, name, nowMs))
    }
    return { rows, nextCursor }
  }

  /** @throws QuotaError UNKNOWN_CONSUMER */
  async get(name: string): Promise<ConsumerView> {
    return consumerView(await this.#settingsOf([consumerRef(name)]), name)
  }

  /** @throws QuotaError UNKNOWN_CONSUMER */
  async stats(name: string): Promise<ConsumerStats> {
    const [{ state, nowMs }, hours] = await Promise.all([
      this.#stateOf([consumerRef(name)]),
      this.#recentHours(name),
    ])
    const stats = consumerStats(state, name, nowMs)
    if (hours === null) return stats
    const basis = { state, nowMs, hoursOf: () => hours }
    return { ...stats, limits: stats.limits.map(limit => forecastLimit(limit, basis)) }
  }

  /** What gateways need to know of a consumer for its calls; null for a name that is not registered. */
  async callSettings(name: string): Promise<CallSettings | null> {
    const state = await this.#settingsOf([consumerRef(name)])
    if (state.owner(consumerRef(name))?.removedAtMs !== null) return null
    const chain = state.kinds.chain(state, consumerRef(name)).flatMap(ref => {
      const owner = state.owner(ref)
      return owner?.kind === consumerKind ? [owner] : []
    })
    return { isStrict: chain.some(({ strict }) => strict), models: chain.map(({ models }) => models) }
  }

  /** Whether the consumer is the other one, or one of its descendants. Names that are not registered are only equal. */
  async isWithin(name: string, ancestor: string): Promise<boolean> {
    if (name === ancestor) return true
    const state = await this.#settingsOf([consumerRef(name)])
    return state.kinds
      .chain(state, consumerRef(name))
      .some(above => isSameSubject(above, consumerRef(ancestor)))
  }

  /** @throws QuotaError INVALID_INPUT, UNKNOWN_CONSUMER, NAME_TAKEN, UNKNOWN_PLAN, IN_USE, MANAGED_BY_FILE, REVISION_CHANGED */
  async upsert(request: ConsumerRequest, by: Actor): Promise<ConsumerView> {
    await executeOne(this.#store, { type: 'upsertConsumer', kind: consumerKind, ...request, ...by })
    return this.get(request.name)
  }

  /** Calls for it count for its ancestors no more; open ones still settle. @throws QuotaError UNKNOWN_CONSUMER, IN_USE, MANAGED_BY_FILE */
  async remove(name: string, by: Actor): Promise<void> {
    await executeOne(this.#store, { type: 'removeSubject', ...consumerRef(name), ...by })
  }

  /** @throws QuotaError UNKNOWN_CONSUMER */
  async setEnabled({ name, enabled }: SetEnabledInput, actor: string): Promise<ConsumerStats> {
    await executeOne(this.#store, { type: 'setEnabled', kind: consumerKind, name, enabled, actor })
    return this.stats(name)
  }

  /** Resets today's usage of a consumer; its ancestors and the providers keep it. @throws QuotaError UNKNOWN_CONSUMER */
  async reset(
    name: string,
    { id, actor }: { readonly id: string; readonly actor: string },
  ): Promise<ConsumerStats> {
    await executeOne(this.#store, { type: 'resetUsage', id, subject: consumerRef(name), actor })
    return this.stats(name)
  }

  /** The plans in use, by name: at most 1,000. */
  async plans(): Promise<readonly PlanView[]> {
    const views: PlanView[] = []
    let cursor: string | null = null
    do {
      const query: OwnersQuery = { type: 'owners', kind: planKind, cursor, pageSize: maxConsumersAtOnce }
      const page: PageOf<SubjectRef> = await this.#store.read(query)
      const state = await this.#settingsOf(page.rows)
      for (const { name } of inUse(state, page.rows)) views.push(planView(state, name))
      cursor = page.nextCursor
    } while (cursor !== null)
    return views
  }

  /**
   * Creates or changes a plan, and its limits at every consumer that has it: when this resolves, they apply to each
   * reservation. What was used stays.
   * @throws QuotaError MANAGED_BY_FILE
   */
  async upsertPlan({ name, limits }: PlanRequest, by: Actor): Promise<PlanView> {
    await executeOne(this.#store, { type: 'upsertSubject', kind: planKind, name, limits, ...by })
    await this.applyPlan(name)
    const state = await this.#settingsOf([planRef(name)])
    return planView(state, name)
  }

  /** @throws QuotaError UNKNOWN_PLAN, IN_USE while consumers have it, MANAGED_BY_FILE */
  async removePlan(name: string, by: Actor): Promise<void> {
    await executeOne(this.#store, { type: 'removeSubject', ...planRef(name), ...by })
  }

  /**
   * Gives the limits of a plan to those of its consumers that have others, after a change of the plan. A process may end
   * before the last of them; the next {@link upsertPlan} of the same settings continues. Answers how many had others.
   * @throws QuotaError the first error of a consumer, once the others of its page are changed
   */
  async applyPlan(name: string): Promise<number> {
    let changed = 0
    let cursor: string | null = null
    do {
      const query: OwnersQuery = {
        type: 'owners',
        kind: consumerKind,
        reliesOn: planRef(name),
        cursor,
        pageSize: consumersOfPlanAtOnce,
      }
      const page: PageOf<{ readonly name: string }> = await this.#store.read(query)
      const state = await this.#settingsOf([planRef(name), ...page.rows.map(row => consumerRef(row.name))])
      const behind = page.rows.flatMap(row => consumerBehind(state, row.name))
      const outcomes = await this.#store.execute(behind.map(consumer => unchanged(consumer, name)))
      for (const outcome of outcomes) if (!outcome.ok && !isSettled(outcome.error)) throw outcome.error
      changed += behind.length
      cursor = page.nextCursor
    } while (cursor !== null)
    return changed
  }

  async #page({ parent, under, plan, search, cursor, pageSize }: ConsumersQuery, options?: ReadOptions) {
    if (parent !== undefined && plan !== undefined)
      throw new QuotaError('INVALID_INPUT', 'name a parent or a plan, not both', { field: 'plan' })
    const reliesOn =
      parent !== undefined ? consumerRef(parent) : plan !== undefined ? planRef(plan) : undefined
    const query: OwnersQuery = {
      ...{ type: 'owners', kind: consumerKind, reliesOn, under },
      ...{ nameContains: search, cursor, pageSize },
    }
    const { rows, nextCursor } = await this.#store.read(query, options)
    return { names: rows.map(({ name }) => name), nextCursor }
  }

  #stateOf(subjects: readonly SubjectRef[]): Promise<Snapshot> {
    return this.#store.read({ type: 'subjects', subjects })
  }

  #settingsOf(subjects: readonly SubjectRef[]): Promise<QuotaState> {
    return this.#store.read({ type: 'settings', subjects })
  }

  /** For forecasts. Null if the store refuses the read, as it may with too many at once. */
  async #recentHours(consumer: string): Promise<readonly HourOfUsage[] | null> {
    try {
      return await this.#store.read({ type: 'recentHoursUnder', consumer })
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'READ_REFUSED') return null
      throw error
    }
  }
}

/** The names in parts of which the state is read at once. */
function partsOf(names: readonly string[]): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = []
  for (let start = 0; start < names.length; start += maxConsumersAtOnce)
    parts.push(names.slice(start, start + maxConsumersAtOnce))
  return parts
}

/** Without those that were removed between both reads. */
function inUse(state: QuotaState, refs: readonly SubjectRef[]): readonly SubjectRef[] {
  return refs.filter(ref => state.owner(ref)?.removedAtMs === null)
}

function consumerRef(name: string): { readonly kind: typeof consumerKind; readonly name: string } {
  return { kind: consumerKind, name }
}

function planRef(name: string): { readonly kind: typeof planKind; readonly name: string } {
  return { kind: planKind, name }
}

/** The consumer, if it does not have the limits of its plan. */
function consumerBehind(state: QuotaState, name: string): readonly Consumer[] {
  const owner = state.owner(consumerRef(name))
  const subject = state.subject(consumerRef(name))
  if (owner?.kind !== consumerKind || owner.plan === null || subject === undefined) return []
  const asked = limitsWithPlan(state, subject, owner, unchanged(owner, owner.plan))
  const settings = (limits: readonly Parameters<typeof settingsOf>[0][]) =>
    canonicalJson(limits.map(settingsOf))
  const isSame = settings(subject.limits) === settings(asked.map(limit => ({ ...limit, version: 0 })))
  return isSame ? [] : [owner]
}

/** A command that changes nothing but what the plan says. A consumer that is removed meanwhile stays removed. */
function unchanged({ name, managedBy }: Consumer, plan: string): UpsertConsumerCommand {
  const actor = `plan ${plan}`
  return { type: 'upsertConsumer', kind: consumerKind, name, managedBy, actor, onlyIf: 'exists' }
}

/** Whether a consumer has been removed meanwhile, or the file has begun to manage it, which took over the plan's limits. */
function isSettled({ code }: QuotaError): boolean {
  return code === 'UNKNOWN_CONSUMER' || code === 'MANAGED_BY_FILE'
}
