import type { Consumer, ConsumerStats } from '../data/api.js'
import { LimitTable } from './limit-table.js'
import { EmptyNotice } from './notices.js'

/** The limits of a consumer: its own, then those of its plan; of limits per model or user the latest counters. */
export function ConsumerLimits({
  consumer: { plan, planLimits },
  stats: { limits, leftOut },
  nowMs,
}: {
  readonly consumer: Consumer
  readonly stats: ConsumerStats
  readonly nowMs: number
}) {
  const idsOfPlan = new Set(planLimits.map(({ id }) => id))
  const own = limits.filter(({ id }) => !idsOfPlan.has(id))
  const ofPlan = limits.filter(({ id }) => idsOfPlan.has(id))
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">Limits</h2>
      {limits.length === 0 && (
        <EmptyNotice title="Nothing is limited yet.">
          Its calls are counted, and meet the limits of the consumers above it. A limit for each model or user
          is listed once it has been used.
        </EmptyNotice>
      )}
      {own.length > 0 && <LimitTable limits={own} nowMs={nowMs} withVendor={false} />}
      {ofPlan.length > 0 && (
        <>
          <h3>Of the plan {plan}</h3>
          <LimitTable limits={ofPlan} nowMs={nowMs} withVendor={false} />
        </>
      )}
      {leftOut > 0 && <p>{leftOut} more models or users are counted but not listed here.</p>}
    </section>
  )
}
