import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { useApi } from '../data/api.js'
import { EmptyNotice, FailedNotice, Loading } from '../parts/notices.js'
import { PerformanceExplained } from '../parts/performance-explained.js'
import { type PerformanceGrouping, PerformanceTable } from '../parts/performance-table.js'

const groupings: readonly (readonly [PerformanceGrouping, string])[] = [
  ['provider', 'Provider'],
  ['model', 'Model'],
  ['consumer', 'Consumer'],
]
const periods = [
  ['24h', '24 hours'],
  ['7d', '7 days'],
] as const

const everyMs = 30_000
const maxRows = 1_000

/** Success and latency of calls, by provider, model or consumer. */
export function PerformancePage() {
  const [given, setGiven] = useSearchParams()
  const by = groupings.find(([key]) => key === given.get('by'))?.[0] ?? 'provider'
  const period = periods.find(([key]) => key === given.get('period'))?.[0] ?? '24h'
  const change = (name: string, value: string): void => {
    setGiven(
      before => {
        const next = new URLSearchParams(before)
        next.set(name, value)
        return next
      },
      { replace: true },
    )
  }
  const figures = useQuery(
    useApi().performance.get.queryOptions(
      { by, period, pageSize: maxRows },
      { refetchInterval: everyMs, placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <div className="title-row">
        <h1>Performance</h1>
        <p className="title-note">Success and latency of calls to vendors.</p>
      </div>
      <div className="filter">
        <Choice name="By" choices={groupings} value={by} onChange={value => change('by', value)} />
        <Choice
          name="In the last"
          choices={periods}
          value={period}
          onChange={value => change('period', value)}
        />
      </div>
      {figures.error !== null && <FailedNotice what="Performance" error={figures.error} />}
      {figures.data === undefined || figures.isPlaceholderData ? (
        figures.error === null && <Loading what="performance" />
      ) : figures.data.rows.length === 0 ? (
        <EmptyNotice
          title={period === '24h' ? 'No calls in the last 24 hours.' : 'No calls in the last 7 days.'}
        >
          The gateway reports its calls every 5 seconds. <Link href="/try">Try a call</Link>
        </EmptyNotice>
      ) : (
        <>
          <PerformanceTable rows={figures.data.rows} by={by} />
          {figures.data.nextCursor !== null && (
            <p className="quiet">
              These are the first {maxRows} by name. <code>qk performance --by {by}</code> lists all of them.
            </p>
          )}
          <PerformanceExplained />
        </>
      )}
    </>
  )
}

function Choice<Key extends string>({
  name,
  choices,
  value,
  onChange,
}: {
  readonly name: string
  readonly choices: readonly (readonly [Key, string])[]
  readonly value: Key
  readonly onChange: (key: Key) => void
}) {
  return (
    <fieldset className="chips">
      <legend className="unseen">{name}</legend>
      {choices.map(([key, title]) => (
        <label key={key} className="chip">
          <input type="radio" name={name} checked={value === key} onChange={() => onChange(key)} />
          {title}
        </label>
      ))}
    </fieldset>
  )
}
