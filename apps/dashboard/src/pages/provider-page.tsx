import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { useMissingKey } from '../data/use-missing-key.js'
import { useNow } from '../data/use-now.js'
import { useRefusals } from '../data/use-refusals.js'
import { Facts } from '../parts/facts.js'
import { LimitTable } from '../parts/limit-table.js'
import { EmptyNotice, FailedNotice, Loading, StaleNotice } from '../parts/notices.js'
import { ProviderActions } from '../parts/provider-actions.js'
import { ProviderPerformance } from '../parts/provider-performance.js'
import {
  ProviderAlerts,
  ProviderChanges,
  ProviderHistory,
  ProviderLedger,
} from '../parts/provider-sections.js'
import { StatusBadge } from '../parts/status-badge.js'
import { standingOf } from '../show/standing.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

const everyMs = 2_000

/** The page of one provider. */
export function ProviderPage({ name, mayChange }: { readonly name: string; readonly mayChange: boolean }) {
  const api = useApi()
  const nowMs = useNow()
  const language = useLanguage()
  const { t, clockTime } = language
  const stats = useQuery(api.stats.get.queryOptions({ providerName: name }, { refetchInterval: everyMs }))
  const provider = useQuery(api.providers.get.queryOptions({ name }, { refetchInterval: 5 * everyMs }))
  const refusals = useRefusals(stats.data?.disabledBy === 'vendor' ? [name] : [])
  const missing = useMissingKey(name)
  const crumbs = (
    <p className="crumbs">
      <Link href="/">{t('shell.overview')}</Link> / {name}
    </p>
  )
  if (stats.data === undefined || provider.data === undefined) {
    const error = stats.error ?? provider.error
    return (
      <>
        {crumbs}
        <h1>{name}</h1>
        {error === null ? (
          <Loading what={name} />
        ) : error.data?.code === 'NOT_FOUND' ? (
          <EmptyNotice title={t('provider.unknown', { name })}>
            <Link href="/">{t('provider.all')}</Link>
          </EmptyNotice>
        ) : (
          <FailedNotice what={name} error={error} />
        )}
      </>
    )
  }
  const standing = standingOf(language, stats.data, nowMs, {
    missing,
    refusal: refusals.get(name),
  })
  const { vendor, pool, timeZone, dayStartsAt, models, managedBy } = provider.data
  return (
    <>
      {crumbs}
      {stats.error !== null && <StaleNotice updatedAtMs={stats.dataUpdatedAt} error={stats.error} />}
      <div className="title-row">
        <h1>{name}</h1>
        <StatusBadge standing={standing} />
        {standing.when !== null && <span className="provider-when">{standing.when}</span>}
        {mayChange && <ProviderActions provider={provider.data} />}
      </div>
      {standing.remedy !== undefined && (
        <p className={standing.tone === 'refused' ? 'notice notice-bad' : 'notice'}>
          {t.rich('standing.remedy', {
            remedy: standing.remedy,
            keys: chunks => <Link href="/keys">{chunks}</Link>,
          })}
        </p>
      )}
      <Facts
        facts={[
          [t('common.vendor'), vendor],
          [t('provider.pool'), pool ?? t('common.none')],
          [t('provider.itsDay'), t('provider.dayIn', { date: stats.data.date, timeZone })],
          [t('common.models'), models.join(', ')],
          [t('common.settingsBy'), t(`codes.managedBy.${managedBy}`)],
        ]}
      />
      <section aria-labelledby="limits">
        <h2 id="limits">{t('common.limits')}</h2>
        {stats.data.limits.length === 0 ? (
          <EmptyNotice title={t('provider.noLimits')}>{t('provider.noLimitsHint')}</EmptyNotice>
        ) : (
          <LimitTable limits={stats.data.limits} nowMs={nowMs} />
        )}
        {stats.data.models.length > 0 && (
          <ul className="models" aria-label={t('provider.models')}>
            {stats.data.models.map(({ model, status, availableAt }) => (
              <li key={model}>
                <code>{model}</code>{' '}
                <StatusBadge
                  standing={{
                    tone: status === 'available' ? 'fine' : status === 'disabled' ? 'off' : status,
                    word: t(status === 'disabled' ? 'standing.off' : `standing.${status}`),
                  }}
                />
                {availableAt !== null && (
                  <> {t('standing.backAt', { when: clockTime(availableAt, nowMs) })}</>
                )}
              </li>
            ))}
          </ul>
        )}
        {stats.data.modelsLeftOut !== null && stats.data.modelsLeftOut > 0 && (
          <p>{t.rich('provider.modelsLeftOut', { count: stats.data.modelsLeftOut, name, code })}</p>
        )}
      </section>
      <ProviderHistory name={name} day={{ date: stats.data.date, timeZone, dayStartsAt }} />
      <ProviderPerformance name={name} />
      <ProviderLedger name={name} />
      <ProviderAlerts name={name} />
      <ProviderChanges name={name} />
    </>
  )
}
