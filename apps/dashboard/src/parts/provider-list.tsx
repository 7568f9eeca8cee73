import { Link } from 'wouter'
import { callsAddress } from '../show/calls-address.js'
import type { ListedProvider } from '../show/headline.js'
import { keyOf } from '../show/limits.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
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
  const language = useLanguage()
  const { t } = language
  const { stats, standing } = row
  const { providerName, limits } = stats
  return (
    <>
      <div className="provider-head">
        <Link href={`/providers/${encodeURIComponent(providerName)}`} className="provider-name">
          {providerName}
        </Link>
        {isSample && <span className="tag">{t('overview.sample')}</span>}
        <StatusBadge standing={standing} />
        {standing.when !== null && <span className="provider-when">{standing.when}</span>}
        {standing.remedy !== undefined && (
          <span className="provider-remedy">
            {t.rich('standing.remedy', {
              remedy: standing.remedy,
              keys: chunks => <Link href="/keys">{chunks}</Link>,
            })}
          </span>
        )}
      </div>
      <ul className="limits">
        {limits.length === 0 ? (
          <li className="limit-none">
            {t.rich('overview.noLimits', {
              count: stats.requestCount,
              calls: chunks => (
                <Link href={callsAddress({ provider: providerName, from: stats.date, to: stats.date })}>
                  {chunks}
                </Link>
              ),
            })}
          </li>
        ) : (
          limits.slice(0, maxLimits).map(limit => <LimitRow key={keyOf(limit)} limit={limit} />)
        )}
        {limits.length > maxLimits && (
          <li className="limit-none">{t('overview.moreLimits', { count: limits.length - maxLimits })}</li>
        )}
      </ul>
      <div className="provider-spark">
        {hours !== undefined && <Sparkline values={hours} label={sparkLabel(language, hours)} />}
      </div>
    </>
  )
}

function sparkLabel({ t, amount }: Language, hours: readonly number[]): string {
  const sum = hours.reduce((total, count) => total + count, 0)
  return t('overview.recentHours', {
    count: sum,
    hours: String(hours.length),
    current: amount(hours.at(-1) ?? 0),
  })
}
