import { useState } from 'react'
import { Link } from 'wouter'
import { callsAddress, type SummedCalls } from '../show/calls-address.js'
import {
  type CountName,
  countNames,
  countText,
  countTitles,
  shortCount,
  shownCounts,
  type UsageCounts,
} from '../show/usage.js'
import { Chart } from './chart.js'
import { CountCell } from './count-cell.js'
import { TableFrame } from './table-frame.js'

/** Usage at one time. */
export interface UsagePoint {
  /** Epoch milliseconds. */
  readonly atMs: number
  /** `2026-11-25`, `14:00`. */
  readonly name: string
  /** Short form: `11-25`. */
  readonly mark: string
  readonly counts: UsageCounts
  /** Absent if no list has exactly these. */
  readonly calls?: SummedCalls
}

/** Usage over time, one count at a time: a chart, and a table on demand. */
export function UsageChart({
  points,
  title,
  calls,
}: {
  readonly points: readonly UsagePoint[]
  readonly title: string
  /** Of all points. */
  readonly calls: SummedCalls
}) {
  const [count, setCount] = useState<CountName>(() => firstUsed(points))
  const marks = new Map(points.map(({ atMs, mark }) => [atMs / 1_000, mark]))
  const sum = points.reduce((total, { counts }) => total + counts[count], 0)
  if (countNames.every(name => points.every(({ counts }) => counts[name] === 0))) {
    return <p className="card quiet">{title}: no usage.</p>
  }
  return (
    <figure className="usage-chart">
      <figcaption className="section-row">
        <span>
          {title}:{' '}
          <Link href={callsAddress(calls)}>
            <strong>{countText(count, sum)}</strong> {countTitles[count].toLowerCase()}
          </Link>
        </span>
        <label className="field-inline">
          <span className="unseen">Count</span>
          <select value={count} onChange={event => setCount(event.target.value as CountName)}>
            {shownCounts(points.map(({ counts }) => counts)).map(name => (
              <option key={name} value={name}>
                {countTitles[name]}
              </option>
            ))}
          </select>
        </label>
      </figcaption>
      <Chart
        times={points.map(({ atMs }) => atMs / 1_000)}
        values={points.map(({ counts }) => counts[count])}
        label={`${title}, ${countTitles[count].toLowerCase()}: ${countText(count, sum)} in all. The table below has the figures.`}
        write={value => shortCount(count, value)}
        writeTime={seconds => marks.get(seconds) ?? ''}
      />
      <details className="figures">
        <summary>The figures as a table</summary>
        <CountsTable firstColumn="When" rows={points.toReversed()} />
      </details>
    </figure>
  )
}

/** A table of counts. */
export function CountsTable({
  firstColumn,
  rows,
}: {
  readonly firstColumn: string
  readonly rows: readonly Pick<UsagePoint, 'name' | 'counts' | 'calls'>[]
}) {
  const names = shownCounts(rows.map(({ counts }) => counts))
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{firstColumn}</th>
            {names.map(name => (
              <th key={name} scope="col" className="number">
                {countTitles[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, counts, calls = null }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {names.map(count => (
                <CountCell key={count} count={count} value={counts[count]} calls={calls} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function firstUsed(points: readonly UsagePoint[]): CountName {
  return countNames.find(name => points.some(({ counts }) => counts[name] > 0)) ?? 'requestCount'
}
