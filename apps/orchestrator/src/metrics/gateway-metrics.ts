import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { WaitingRoom } from '../routing/waiting-room.js'
import type { SettleQueue } from '../settlement/settle-queue.js'
import type { VendorClient } from '../vendors/vendor-client.js'
import type { VendorResult } from '../vendors/vendor-result.js'

/** Queues whose lengths are read at a scrape. */
export interface Queues {
  readonly settlements: SettleQueue
  readonly waitingRoom: WaitingRoom
}

/**
 * The gateway's Prometheus metrics. One registry per gateway, none global. Vendors are labelled by host, whose number
 * the configuration bounds; keys and models are not labels.
 */
export class GatewayMetrics {
  readonly #registry = new Registry()
  readonly #calls: Counter<'host' | 'result'>
  readonly #seconds: Histogram<'host'>

  constructor({ settlements, waitingRoom }: Queues) {
    const registers = [this.#registry]
    this.#calls = new Counter({
      name: 'quotakeeper_vendor_calls_total',
      help: 'Attempts at vendors, by HTTP status, or unreached, broken or aborted',
      labelNames: ['host', 'result'],
      registers,
    })
    this.#seconds = new Histogram({
      name: 'quotakeeper_vendor_duration_seconds',
      help: 'Time until a vendor answers; for streams, until the first event',
      labelNames: ['host'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      registers,
    })
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value())
        },
      })
    }
    gauge(
      'quotakeeper_settle_queue_length',
      'Attempts in flight and pending settlements',
      () => settlements.length,
    )
    gauge('quotakeeper_waiting_requests', 'Requests waiting for quota', () => waitingRoom.length)
    new Counter({
      name: 'quotakeeper_settlements_set_aside_total',
      help: 'Settlements that the API rejects for good, by error name',
      labelNames: ['code'],
      registers,
      collect() {
        this.reset()
        for (const [code, count] of settlements.setAside.counts()) this.inc({ code }, count)
      },
    })
  }

  /** Wraps the client and counts its calls. */
  metered(vendors: VendorClient): VendorClient {
    return {
      call: async call => {
        const startedAtMs = performance.now()
        const result = await vendors.call(call)
        const { host } = new URL(call.origin)
        this.#seconds.observe({ host }, (performance.now() - startedAtMs) / 1_000)
        this.#calls.inc({ host, result: labelOf(result) })
        return result
      },
      close: () => vendors.close(),
    }
  }

  /** All metrics in Prometheus' text format. */
  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}

function labelOf(result: VendorResult): string {
  return result.kind === 'answered' || result.kind === 'streaming' ? String(result.httpStatus) : result.kind
}
