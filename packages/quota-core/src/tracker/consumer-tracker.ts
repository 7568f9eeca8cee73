import { uuidV7 } from '../domain/uuid.js'
import { type ConsumerInput, consumerSchema, type PlanInput, planSchema } from '../input/consumer-input.js'
import { type ConsumersInput, consumersSchema } from '../input/consumer-list-input.js'
import { parse } from '../input/parse.js'
import { type SetEnabledInput, setEnabledSchema } from '../input/provider-input.js'
import { nameSchema } from '../input/text.js'
import type { ConsumerService } from '../service/consumer-service.js'
import type { ConsumerView, PlanView } from '../service/consumer-view.js'
import type { ConsumerStats } from '../stats/consumer-stats.js'
import type { PageOf } from '../store.js'
import { byApplication } from './by-application.js'

/** Consumers and plans, for applications. Every method throws QuotaError for bad input. */
export class ConsumerTracker {
  readonly #service: ConsumerService

  constructor(service: ConsumerService) {
    this.#service = service
  }

  /** Creates, changes or revives a consumer. @throws QuotaError UNKNOWN_CONSUMER for its parent, UNKNOWN_PLAN, IN_USE */
  async upsert(input: ConsumerInput): Promise<ConsumerView> {
    return this.#service.upsert(parse(consumerSchema, input), byApplication)
  }

  /** @throws QuotaError UNKNOWN_CONSUMER */
  async get(name: string): Promise<ConsumerView> {
    return this.#service.get(parse(nameSchema, name))
  }

  /** What a consumer has used, and what is left. @throws QuotaError UNKNOWN_CONSUMER */
  async stats(name: string): Promise<ConsumerStats> {
    return this.#service.stats(parse(nameSchema, name))
  }

  /** Consumers by name, in pages. */
  async list(input?: ConsumersInput): Promise<PageOf<ConsumerView>> {
    return this.#service.list(parse(consumersSchema, input))
  }

  /** @throws QuotaError UNKNOWN_CONSUMER, IN_USE while it has children */
  async remove(name: string): Promise<void> {
    return this.#service.remove(parse(nameSchema, name), byApplication)
  }

  /** @throws QuotaError UNKNOWN_CONSUMER */
  async setEnabled(input: SetEnabledInput): Promise<ConsumerStats> {
    return this.#service.setEnabled(parse(setEnabledSchema, input), byApplication.actor)
  }

  /** Resets today's usage of a consumer. @throws QuotaError UNKNOWN_CONSUMER */
  async reset(name: string): Promise<ConsumerStats> {
    return this.#service.reset(parse(nameSchema, name), { id: uuidV7(), actor: byApplication.actor })
  }

  /** Creates or changes a plan, and the limits of its consumers. */
  async upsertPlan(input: PlanInput): Promise<PlanView> {
    return this.#service.upsertPlan(parse(planSchema, input), byApplication)
  }

  /** The plans in use, by name. */
  async listPlans(): Promise<readonly PlanView[]> {
    return this.#service.plans()
  }

  /** @throws QuotaError UNKNOWN_PLAN, IN_USE while consumers have it */
  async removePlan(name: string): Promise<void> {
    return this.#service.removePlan(parse(nameSchema, name), byApplication)
  }
}
