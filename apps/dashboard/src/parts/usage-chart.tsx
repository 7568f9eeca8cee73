import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { callsAddress, type SummedCalls } from '../show/calls-address.js'
import type { Layer } from '../show/layers.js'
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
  zone,
  choices,
  layersOf,
  before,
}: {
  readonly points: readonly UsagePoint[]
  readonly title: string
  /** Of all points. */
  readonly calls: SummedCalls
  /** Whose days or hours they are, said under the axis. */
  readonly zone: string
  /** Further choices beside that of the count. */
  readonly choices?: ReactNode
  /** The parts of a count's bars; one part unless given. */
  readonly layersOf?: ((count: CountName) => readonly Layer[]) | undefined
  /** Usage at the same points of the period before; absent to leave it out. */
  readonly before?: readonly UsageCounts[] | undefined
}) {
  const [count, setCount] = useState<CountName>(() => firstUsed(points))
  const marks = new Map(points.map(({ atMs, mark }) => [atMs / 1_000, mark]))
  const sum = points.reduce((total, { counts }) => total + counts[count], 0)
  const earlier = before?.map(counts => counts[count]) ?? null
  const layers = layersOf?.(count) ?? []
  const describe = (place: number): string =>
    pointText({ count, point: points[place], layers, before: earlier?.[place] ?? null, place })
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
        <span className="chart-choices">
          {choices}
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
        </span>
      </figcaption>
      <Chart
        times={points.map(({ atMs }) => atMs / 1_000)}
        layers={
          layers.length > 0
            ? layers
            : [{ name: countTitles[count], values: points.map(({ counts }) => counts[count]) }]
        }
        before={earlier}
        label={`${title}, ${countTitles[count].toLowerCase()}: ${countText(count, sum)} in all. The table below has the figures.`}
        write={value => shortCount(count, value)}
        writeTime={seconds => marks.get(seconds) ?? ''}
        describe={describe}
      />
      <p className="chart-zone">{zone}</p>
      {earlier !== null && <Comparison count={count} sum={sum} before={sumOf(earlier)} />}
      <details className="figures">
        <summary>The figures as a table</summary>
        <CountsTable firstColumn="When" rows={points.toReversed()} />
      </details>
    </figure>
  )
}

/** A point's values: `2026-11-25: 1,200 requests; groq_1 800, groq_2 400; 900 in the period before`. */
function pointText({
  count,
  point,
  layers,
  before,
  place,
}: {
  readonly count: CountName
  readonly point: UsagePoint | undefined
  readonly layers: readonly Layer[]
  readonly before: number | null
  readonly place: number
}): string {
  if (point === undefined) return ''
  const whole = `${point.name}: ${countText(count, point.counts[count])} ${countTitles[count].toLowerCase()}`
  const parts = layers
    .filter(({ values }) => (values[place] ?? 0) > 0)
    .map(({ name, values }) => `${name} ${countText(count, values[place] ?? 0)}`)
  const earlier = before === null ? [] : [`${countText(count, before)} in the period before`]
  return [whole, ...(parts.length > 0 ? [parts.join(', ')] : []), ...earlier].join('; ')
}

function Comparison({
  count,
  sum,
  before,
}: {
  readonly count: CountName
  readonly sum: number
  readonly before: number
}) {
  const earlier = countText(count, before)
  if (before === 0) return <p className="chart-zone">Nothing in the period before.</p>
  const change = Math.round(((sum - before) / before) * 100)
  return (
    <p className="chart-zone">
      {change < 0
        ? `${-change} % less than in the period before, which had ${earlier}.`
        : `${change} % more than in the period before, which had ${earlier}.`}
    </p>
  )
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
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
