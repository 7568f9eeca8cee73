import type { FinishedBatch, Outcome, Reason, StoreListener } from '@quotakeeper/quota-core'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Metrics of the engine, counted per batch: a few additions, however many commands it has. */
export class EngineMetrics {
  /** The listener to pass to the store. */
  readonly listener: Required<Omit<StoreListener, 'onAlert'>>
  readonly #denials: Counter<'reason'>
  readonly #grants: Counter
  readonly #expiries: Counter
  readonly #batchSize: Histogram
  readonly #batchSeconds: Histogram

  constructor(registry: Registry) {
    const registers = [registry]
    this.#grants = new Counter({ name: 'quotakeeper_grants_total', help: 'Reservations granted', registers })
    this.#denials = new Counter({
      name: 'quotakeeper_denials_total',
      help: 'Denied reservations, by decisive reason',
      labelNames: ['reason'],
      registers,
    })
    this.#expiries = new Counter({
      name: 'quotakeeper_expiries_total',
      help: 'Reservations that expired unsettled',
      registers,
    })
    this.#batchSize = new Histogram({
      name: 'quotakeeper_batch_commands',
      help: 'Commands per batch (one transaction)',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      registers,
    })
    this.#batchSeconds = new Histogram({
      name: 'quotakeeper_batch_duration_seconds',
      help: 'Time from the start of a batch until it is durable, retries included',
      buckets: [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers,
    })
    const failures = new Counter({
      name: 'quotakeeper_store_failures_total',
      help: 'Reads and batches that timed out',
      registers,
    })
    this.listener = { onBatch: batch => this.#count(batch), onUnavailable: () => failures.inc() }
  }

  #count({ outcomes, changes, elapsedMs }: FinishedBatch): void {
    const denied = new Map<Reason['code'], number>()
    let granted = 0
    for (const outcome of outcomes) {
      const decision = decisionOf(outcome)
      if (decision === 'granted') granted++
      else if (decision !== null) denied.set(decision, (denied.get(decision) ?? 0) + 1)
    }
    let expired = 0
    for (const change of changes) if (change.table === 'attempt' && change.row.state === 'expired') expired++
    this.#grants.inc(granted)
    this.#expiries.inc(expired)
    for (const [reason, count] of denied) this.#denials.inc({ reason }, count)
    this.#batchSize.observe(outcomes.length)
    this.#batchSeconds.observe(elapsedMs / 1_000)
  }
}

/** Null for commands that cannot be denied. */
function decisionOf(outcome: Outcome): 'granted' | Reason['code'] | null {
  if (!outcome.ok || !('decision' in outcome.answer)) return null
  const { answer } = outcome
  if (answer.decision === 'granted') return 'granted'
  const skipped = 'skipped' in answer ? answer.skipped.flatMap(({ reasons }) => reasons) : []
  return (answer.reasons[0] ?? skipped[0])?.code ?? 'exhausted'
}
