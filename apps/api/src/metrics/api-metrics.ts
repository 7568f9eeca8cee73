import { type AllStats, QuotaError } from '@quotakeeper/quota-core'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Services } from '../router/context.js'
import { EngineMetrics } from './engine-metrics.js'
import { LimitGauges } from './limit-gauges.js'

/** Where the figures come from. */
interface MetricsSource extends Pick<Services, 'storeFault'> {
  readonly readStats: () => Promise<Pick<AllStats, 'providers'>>
}

/** The API's figures, for Prometheus. One for each server: nothing is registered globally. */
export class ApiMetrics {
  readonly engine: EngineMetrics
  readonly #registry = new Registry()
  readonly #limits: LimitGauges
  readonly #requests: Counter<'prefix' | 'status'>
  readonly #alerts: Counter<'channel' | 'outcome'>
  readonly #storeUp: Gauge

  constructor() {
    const registers = [this.#registry]
    this.engine = new EngineMetrics(this.#registry)
    this.#limits = new LimitGauges(this.#registry)
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

  /** A request was answered. `route` is the route's pattern, not what was asked for. */
  requestAnswered(route: string | undefined, httpStatus: number): void {
    const prefix = route?.split('/', 2)[1] || 'none'
    this.#requests.inc({ prefix, status: `${Math.floor(httpStatus / 100)}xx` })
  }

  /** An alert was delivered, or was not. `channel` is the kind of place that it goes to, not its address. */
  alertDelivered(channel: string, outcome: 'delivered' | 'failed'): void {
    this.#alerts.inc({ channel, outcome })
  }

  /**
   * Everything in Prometheus' text format, without the limits while the store does not answer.
   * @throws QuotaError READ_REFUSED where too many ask at once
   */
  async text(
    { readStats, storeFault }: MetricsSource,
    nowMs: number,
  ): Promise<{ readonly contentType: string; readonly text: string }> {
    try {
      const { providers } = await readStats()
      this.#limits.set(providers, nowMs)
      this.#storeUp.set((await storeFault()) === null ? 1 : 0)
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'READ_REFUSED') throw error
      // That it does not answer is a figure, too; the listener has counted it.
      this.#limits.set([], nowMs)
      this.#storeUp.set(0)
    }
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
