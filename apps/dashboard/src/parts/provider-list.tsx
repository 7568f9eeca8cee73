import { Link } from 'wouter'
import { amount } from '../show/amounts.js'
import { callsAddress } from '../show/calls-address.js'
import type { ListedProvider } from '../show/headline.js'
import { keyOf } from '../show/limits.js'
import { LimitRow } from './limit-row.js'
import { Sparkline } from './sparkline.js'
import { StatusBadge } from './status-badge.js'
import { VirtualList } from './virtual-list.js'

/** Most limits of a row; the provider's page shows all. */
const maxLimits = 4
const likelyHeight = 84

interface ProviderListProps {
  readonly rows: readonly ListedProvider[]
  readonly hours: ReadonlyMap<string, readonly number[]>
  /** Names of samples. */
  readonly samples: ReadonlySet<string>
}

/** A row for each provider; of many providers, only visible rows are rendered. */
export function ProviderList({ rows, hours, samples }: ProviderListProps) {
  return (
    <VirtualList
      rows={rows}
      keyOf={({ stats }) => stats.providerName}
      likelyHeight={likelyHeight}
      className="providers"
      rowClassName="provider"
      toneOf={({ standing }) => standing.tone}
    >
      {row => (
        <ProviderRow
          row={row}
          hours={hours.get(row.stats.providerName)}
          isSample={samples.has(row.stats.providerName)}
        />
      )}
    </VirtualList>
  )
}

function ProviderRow({
  row,
  hours,
  isSample,
}: {
  readonly row: ListedProvider
  readonly hours: readonly number[] | undefined
  readonly isSample: boolean
}) {
  const { stats, standing } = row
  const { providerName, limits } = stats
  return (
    <>
      <div className="provider-head">
        <Link href={`/providers/${encodeURIComponent(providerName)}`} className="provider-name">
          {providerName}
        </Link>
        {isSample && <span className="tag">sample</span>}
        <StatusBadge standing={standing} />
        {standing.when !== null && <span className="provider-when">{standing.when}</span>}
        {standing.remedy !== undefined && (
          <span className="provider-remedy">
            {standing.remedy}. <Link href="/keys">Keys</Link>
          </span>
        )}
      </div>
      <ul className="limits">
        {limits.length === 0 ? (
          <li className="limit-none">
            no limits:{' '}
            <Link href={callsAddress({ provider: providerName, from: stats.date, to: stats.date })}>
              {amount(stats.requestCount)} requests today
            </Link>
          </li>
        ) : (
          limits.slice(0, maxLimits).map(limit => <LimitRow key={keyOf(limit)} limit={limit} />)
        )}
        {limits.length > maxLimits && (
          <li className="limit-none">and {limits.length - maxLimits} more limits</li>
        )}
      </ul>
      <div className="provider-spark">
        {hours !== undefined && <Sparkline values={hours} label={sparkLabel(hours)} />}
      </div>
    </>
  )
}

function sparkLabel(hours: readonly number[]): string {
  const sum = hours.reduce((total, count) => total + count, 0)
  return `${amount(sum)} requests in the last ${hours.length} hours, ${amount(hours.at(-1) ?? 0)} in this one`
}
