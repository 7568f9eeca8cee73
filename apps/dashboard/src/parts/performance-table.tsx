import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { writeFilters } from '../show/filters.js'
import { latency, successPercent } from '../show/latency.js'
import { callFilters, type performanceGroupings, requestFilters } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConsumerLink } from './consumer-list.js'
import { TableFrame } from './table-frame.js'

export type PerformanceRow = Outputs['performance']['get']['rows'][number]
type PerformanceGrouping = (typeof performanceGroupings)[number]

const noNames = {
  provider: 'performance.noProvider',
  model: 'usage.noModel',
  consumer: 'usage.noConsumer',
} as const

/** Success and latency, the most calls first. */
export function PerformanceTable({
  rows,
  by,
}: {
  readonly rows: readonly PerformanceRow[]
  readonly by: PerformanceGrouping
}) {
  const { t, amount } = useLanguage()
  const sorted = rows.toSorted(
    (left, right) => right.callCount - left.callCount || right.turnedAwayCount - left.turnedAwayCount,
  )
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t(`common.${by}`)}</th>
            <Heading name={t('shell.calls')} />
            <Heading name={t('performance.success')} />
            <Heading name={t('performance.refused')} />
            <Heading name={t('performance.failed')} />
            <Heading name={t('performance.aborted')} />
            <Heading name={t('performance.notCalled')} />
            <Heading name={t('performance.p50')} />
            <Heading name={t('performance.p95')} />
            <Heading name={t('performance.firstTokenP50')} />
            <Heading name={t('performance.firstTokenP95')} />
          </tr>
        </thead>
        <tbody>
          {sorted.map(row => (
            <tr key={`${row.isOther} ${row.name}`}>
              <th scope="row">
                <RowName row={row} by={by} />
              </th>
              <td className="number">
                <CallsLink row={row} by={by} />
              </td>
              <td className="number">
                {row.successShare === null ? '–' : successPercent(t, row.successShare)}
              </td>
              <td className="number">{amount(row.refusedCount)}</td>
              <td className="number">{amount(row.failedCount)}</td>
              <td className="number">{amount(row.abortedCount)}</td>
              <td className="number">{amount(row.turnedAwayCount)}</td>
              <td className="number">{row.duration === null ? '–' : latency(t, row.duration.p50Ms)}</td>
              <td className="number">{row.duration === null ? '–' : latency(t, row.duration.p95Ms)}</td>
              <td className="number">{row.firstToken === null ? '–' : latency(t, row.firstToken.p50Ms)}</td>
              <td className="number">{row.firstToken === null ? '–' : latency(t, row.firstToken.p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function Heading({ name }: { readonly name: string }) {
  return (
    <th scope="col" className="number">
      {name}
    </th>
  )
}

interface RowProps {
  readonly row: PerformanceRow
  readonly by: PerformanceGrouping
}

function RowName({ row: { name, isOther }, by }: RowProps) {
  const { t } = useLanguage()
  if (isOther) return <>{t('usage.others')}</>
  if (name === '') return <>{t(noNames[by])}</>
  if (by === 'provider') return <Link href={`/providers/${encodeURIComponent(name)}`}>{name}</Link>
  return by === 'consumer' ? <ConsumerLink name={name} /> : name
}

/**
 * The number of calls, which leads to the requests that a provider served, or to the calls of a model or consumer: requests
 * have the names of models that clients sent, such as aliases.
 */
function CallsLink({ row: { name, isOther, callCount }, by }: RowProps) {
  const { amount } = useLanguage()
  if (isOther || name === '' || callCount === 0) return <>{amount(callCount)}</>
  return <Link href={callsOf(name, by)}>{amount(callCount)}</Link>
}

function callsOf(name: string, by: PerformanceGrouping): string {
  if (by === 'provider') return `/requests${writeFilters(requestFilters, '', { provider: name })}`
  const chosen = by === 'model' ? { model: name } : { consumer: name }
  return `/calls${writeFilters(callFilters, '', chosen)}`
}
