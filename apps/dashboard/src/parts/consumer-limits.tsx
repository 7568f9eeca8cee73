import type { Consumer, ConsumerStats } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
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
  const { t } = useLanguage()
  const idsOfPlan = new Set(planLimits.map(({ id }) => id))
  const own = limits.filter(({ id }) => !idsOfPlan.has(id))
  const ofPlan = limits.filter(({ id }) => idsOfPlan.has(id))
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">{t('common.limits')}</h2>
      {limits.length === 0 && (
        <EmptyNotice title={t('consumers.nothingLimited')}>{t('consumers.nothingLimitedHint')}</EmptyNotice>
      )}
      {own.length > 0 && <LimitTable limits={own} nowMs={nowMs} withVendor={false} />}
      {ofPlan.length > 0 && (
        <>
          <h3>{t('consumers.ofPlan', { plan: plan ?? '' })}</h3>
          <LimitTable limits={ofPlan} nowMs={nowMs} withVendor={false} />
        </>
      )}
      {leftOut > 0 && <p>{t('consumers.leftOut', { count: leftOut })}</p>}
    </section>
  )
}
