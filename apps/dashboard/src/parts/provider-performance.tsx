import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { FailedNotice, Loading } from './notices.js'
import { PerformanceTable } from './performance-table.js'

const everyMs = 30_000
const maxRows = 100

/** Success and latency of a provider's calls in the last 24 hours, by model. */
export function ProviderPerformance({ name }: { readonly name: string }) {
  const figures = useQuery(
    useApi().performance.get.queryOptions(
      { by: 'model', period: '24h', providerName: name, pageSize: maxRows },
      { refetchInterval: everyMs },
    ),
  )
  return (
    <section aria-labelledby="performance">
      <div className="section-row">
        <h2 id="performance">Performance in the last 24 hours</h2>
        <Link href="/performance">All providers</Link>
      </div>
      {figures.error !== null && <FailedNotice what="Performance" error={figures.error} />}
      {figures.data === undefined ? (
        figures.error === null && <Loading what="performance" />
      ) : figures.data.rows.length === 0 ? (
        <p className="card quiet">No calls through the gateway.</p>
      ) : (
        <PerformanceTable rows={figures.data.rows} by="model" />
      )}
    </section>
  )
}
