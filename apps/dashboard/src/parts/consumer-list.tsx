import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { type Consumer, type ConsumerStats, useApiClient } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { usePages } from '../data/use-pages.js'
import { keyOf } from '../show/limits.js'
import { limitShare } from '../show/share.js'
import { standingOf } from '../show/standing.js'
import { useLanguage } from '../texts/language-provider.js'
import { LimitRow } from './limit-row.js'
import { Paged } from './paged.js'
import { StatusBadge } from './status-badge.js'
import { TableFrame } from './table-frame.js'

/** Most limits of a row; the consumer's page shows all. */
const maxLimits = 3
const pageSize = 100
const everyMs = 5_000

/** Which consumers are listed. */
interface ConsumerFilter {
  readonly parent?: string
  readonly plan?: string
  readonly search?: string
}

interface ListedConsumer {
  readonly settings: Consumer
  readonly stats: ConsumerStats
}

/** Consumers by name with their fullest limits, page by page. */
export function ConsumerList({
  filter,
  empty,
}: {
  readonly filter: ConsumerFilter
  readonly empty: ReactNode
}) {
  const client = useApiClient()
  const { t } = useLanguage()
  const pages = usePages({
    key: ['consumers', filter],
    read: async cursor => {
      const input = { ...filter, pageSize, cursor }
      const [list, stats] = await Promise.all([
        client.consumers.list.query(input),
        client.consumers.allStats.query(input),
      ])
      const settingsOf = new Map(list.rows.map(settings => [settings.name, settings]))
      // A consumer that was added or removed between the two answers is left out until the next reading.
      const rows = stats.rows.flatMap((row): readonly ListedConsumer[] => {
        const settings = settingsOf.get(row.consumer)
        return settings === undefined ? [] : [{ settings, stats: row }]
      })
      return { rows, nextCursor: stats.nextCursor }
    },
    everyMs,
  })
  return (
    <Paged what={t('consumers.theConsumers')} pages={pages} empty={empty}>
      {rows => <ConsumerTable rows={rows} />}
    </Paged>
  )
}

function ConsumerTable({ rows }: { readonly rows: readonly ListedConsumer[] }) {
  const nowMs = useNow()
  const language = useLanguage()
  const { t } = language
  return (
    <TableFrame>
      <table className="table consumer-table">
        <thead>
          <tr>
            <th scope="col">{t('common.consumer')}</th>
            <th scope="col">{t('common.plan')}</th>
            <th scope="col">{t('common.status')}</th>
            <th scope="col">{t('common.limits')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ settings: { name, parent, plan }, stats }) => {
            const standing = standingOf(language, stats, nowMs)
            return (
              <tr key={name}>
                <th scope="row">
                  <ConsumerLink name={name} />
                  {parent !== null && (
                    <small className="quiet">
                      {' '}
                      {t.rich('consumers.below', {
                        name: parent,
                        parent: () => <ConsumerLink name={parent} />,
                      })}
                    </small>
                  )}
                </th>
                <td>{plan ?? '–'}</td>
                <td>
                  <StatusBadge standing={standing} />
                  {standing.when !== null && <small className="quiet"> {standing.when}</small>}
                </td>
                <td>
                  <FullestLimits limits={stats.limits} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableFrame>
  )
}

function FullestLimits({ limits }: Pick<ConsumerStats, 'limits'>) {
  const { t } = useLanguage()
  if (limits.length === 0) return <span className="quiet">{t('consumers.noneOfItsOwn')}</span>
  const fullest = limits.toSorted((left, right) => limitShare(right) - limitShare(left)).slice(0, maxLimits)
  return (
    <ul className="limits">
      {fullest.map(limit => (
        <LimitRow key={keyOf(limit)} limit={limit} />
      ))}
      {limits.length > maxLimits && (
        <li className="limit-none">{t('overview.moreLimits', { count: limits.length - maxLimits })}</li>
      )}
    </ul>
  )
}

/** A link to the page of a consumer. */
export function ConsumerLink({ name }: { readonly name: string }) {
  return <Link href={`/consumers/${encodeURIComponent(name)}`}>{name}</Link>
}
