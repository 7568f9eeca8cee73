import { type AllStats, type ConsumerStats, QuotaError } from '@quotakeeper/quota-core'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Services } from '../router/context.js'
import { EngineMetrics } from './engine-metrics.js'
import { LimitGauges } from './limit-gauges.js'

/** Sources of the metrics. */
interface MetricsSource extends Pick<Services, 'storeFault'> {
  readonly readStats: () => Promise<Pick<AllStats, 'providers'>>
  readonly readConsumers: () => Promise<readonly ConsumerStats[]>
}

/** Consumers with gauges of their own, unless set. */
export const defaultMaxConsumers = 1_000

/** The API's Prometheus metrics. One registry per server, none global. */
export class ApiMetrics {
  readonly engine: EngineMetrics
  readonly #registry = new Registry()
  readonly #limits: LimitGauges
  readonly #requests: Counter<'prefix' | 'status'>
  readonly #alerts: Counter<'channel' | 'outcome'>
  readonly #storeUp: Gauge

  /** @param maxConsumers most consumers with gauges; the others are summed */
  constructor({ maxConsumers = defaultMaxConsumers }: { readonly maxConsumers?: number } = {}) {
    const registers = [this.#registry]
    this.engine = new EngineMetrics(this.#registry)
    this.#limits = new LimitGauges(this.#registry, { maxConsumers })
    this.#requests = new Counter({
      name: 'quotakeeper_http_requests_total',
      help: 'Requests answered, by prefix (the first part of the path) and class of status',
      labelNames: ['prefix', 'status'],
      registers,
    })
    this.#alerts = new Counter({
      name: 'quotakeeper_alert_deliveries_total',
      help: 'Attempts to deliver an alert',
      labelNames: ['channel', 'outcome'],
      registers,
    })
    this.#storeUp = new Gauge({
      name: 'quotakeeper_store_up',
      help: 'Whether the store answered this scrape, and takes writes',
      registers,
    })
  }

  /** Counts an answered request. `route` is the route's pattern, not the requested path. */
  requestAnswered(route: string | undefined, httpStatus: number): void {
    const prefix = route?.split('/', 2)[1] || 'none'
    this.#requests.inc({ prefix, status: `${Math.floor(httpStatus / 100)}xx` })
  }

  /** Counts a delivery attempt. `channel` is the kind of channel, not its address. */
  alertDelivered(channel: string, outcome: 'delivered' | 'failed'): void {
    this.#alerts.inc({ channel, outcome })
  }

  /**
   * All metrics in Prometheus' text format, without limits while the store does not answer.
   * @throws QuotaError READ_REFUSED for too many concurrent scrapes
   */
  async text(
    { readStats, readConsumers, storeFault }: MetricsSource,
    nowMs: number,
  ): Promise<{ readonly contentType: string; readonly text: string }> {
    try {
      const [{ providers }, consumers] = await Promise.all([readStats(), readConsumers()])
      this.#limits.set({ providers, consumers }, nowMs)
      this.#storeUp.set((await storeFault()) === null ? 1 : 0)
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'READ_REFUSED') throw error
      // Unavailability is itself a metric, counted by the listener.
      this.#limits.set({ providers: [], consumers: [] }, nowMs)
      this.#storeUp.set(0)
    }
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
