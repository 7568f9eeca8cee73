import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { FailedNotice, Loading } from './notices.js'
import { PerformanceTable } from './performance-table.js'

const everyMs = 30_000
const maxRows = 100

/** Success and latency of a provider's calls in the last 24 hours, by model. */
export function ProviderPerformance({ name }: { readonly name: string }) {
  const { t } = useLanguage()
  const figures = useQuery(
    useApi().performance.get.queryOptions(
      { by: 'model', period: '24h', providerName: name, pageSize: maxRows },
      { refetchInterval: everyMs },
    ),
  )
  return (
    <section aria-labelledby="performance">
      <div className="section-row">
        <h2 id="performance">{t('performance.ofDay')}</h2>
        <Link href="/performance">{t('provider.all')}</Link>
      </div>
      {figures.error !== null && <FailedNotice what={t('shell.performance')} error={figures.error} />}
      {figures.data === undefined ? (
        figures.error === null && <Loading what={t('performance.thePerformance')} />
      ) : figures.data.rows.length === 0 ? (
        <p className="card quiet">{t('performance.noCalls')}</p>
      ) : (
        <PerformanceTable rows={figures.data.rows} by="model" />
      )}
    </section>
  )
}
