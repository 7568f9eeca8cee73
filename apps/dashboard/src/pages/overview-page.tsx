import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { useRecentHours } from '../data/recent-hours.js'
import { useFilters } from '../data/use-filters.js'
import { useNow } from '../data/use-now.js'
import { useRefusals } from '../data/use-refusals.js'
import { useSamples } from '../data/use-samples.js'
import { FirstRunCard } from '../parts/first-run-card.js'
import { BarLegend } from '../parts/limit-bar.js'
import { EmptyNotice, FailedNotice, Loading, StaleNotice } from '../parts/notices.js'
import { ProviderFilter } from '../parts/provider-filter.js'
import { ProviderList } from '../parts/provider-list.js'
import { Totals } from '../parts/totals.js'
import { headline } from '../show/headline.js'
import { filtered, sorted } from '../show/ordering.js'
import { overviewFilters } from '../show/page-filters.js'
import { groupOf, standingOf } from '../show/standing.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 2_000
/** Refetch interval for many providers: a thousand of them are a megabyte. */
const everyMsOfMany = 5_000
const many = 300

/** All keys: which are spent or running low, when each resets, and the total left. */
export function OverviewPage({ mayChange }: { readonly mayChange: boolean }) {
  const api = useApi()
  const stats = useQuery(
    api.stats.all.queryOptions(undefined, {
      placeholderData: keepPreviousData,
      refetchInterval: query => ((query.state.data?.providers.length ?? 0) > many ? everyMsOfMany : everyMs),
    }),
  )
  const nowMs = useNow()
  const language = useLanguage()
  const { t } = language
  const [shown, setShown] = useFilters(overviewFilters)
  const providers = stats.data?.providers
  const keyless = stats.data?.keyless
  const missing = useMemo(
    () => new Map((keyless ?? []).map(({ providerName, variable }) => [providerName, variable])),
    [keyless],
  )
  const refusals = useRefusals(
    (providers ?? []).flatMap(each => (each.disabledBy === 'vendor' ? [each.providerName] : [])),
  )
  const samples = useSamples(providers?.length ?? 0)
  const standings = useMemo(
    () =>
      (providers ?? []).map(each => ({
        stats: each,
        standing: standingOf(language, each, nowMs, {
          missing: missing.get(each.providerName),
          refusal: refusals.get(each.providerName),
        }),
      })),
    [language, providers, missing, refusals, nowMs],
  )
  const rows = useMemo(
    () => sorted(filtered(standings, shown.search, shown.group), shown.order),
    [standings, shown],
  )
  const hours = useRecentHours(providers?.length ?? 0, nowMs)
  if (providers === undefined || stats.data === undefined) {
    return stats.error === null ? (
      <Loading what={t('overview.quotas')} />
    ) : (
      <StaleNotice updatedAtMs={stats.dataUpdatedAt} error={stats.error} />
    )
  }
  const counts = { off: 0, soon: 0, fine: 0, keyless: 0 }
  for (const { standing } of standings) counts[groupOf(standing)]++
  return (
    <>
      {stats.error !== null && <StaleNotice updatedAtMs={stats.dataUpdatedAt} error={stats.error} />}
      <div className="title-row">
        <h1 data-testid="headline">{headline(t, standings)}</h1>
      </div>
      {mayChange && <FirstRunCard />}
      {providers.length === 0 ? (
        // An error must not show the empty notice.
        stats.error === null && (
          <EmptyNotice title={t('overview.noProviders')}>
            {t.rich('overview.addKey', { keys: chunks => <Link href="/keys">{chunks}</Link> })}
          </EmptyNotice>
        )
      ) : (
        <>
          <Totals totals={stats.data.totals} />
          <section aria-labelledby="providers-title">
            <div className="section-row">
              <h2 id="providers-title">{t('overview.providers')}</h2>
              <BarLegend />
            </div>
            <ProviderFilter shown={shown} counts={counts} onChange={setShown} />
            {hours.error !== null && <FailedNotice what={t('overview.recentUsage')} error={hours.error} />}
            {rows.length === 0 ? (
              <EmptyNotice title={t('overview.noMatch')}>{t('overview.changeFilter')}</EmptyNotice>
            ) : (
              <ProviderList rows={rows} hours={hours.byProvider} samples={samples} />
            )}
          </section>
        </>
      )}
    </>
  )
}
