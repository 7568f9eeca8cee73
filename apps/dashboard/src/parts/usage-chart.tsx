import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { callsAddress, type SummedCalls } from '../show/calls-address.js'
import type { Layer } from '../show/layers.js'
import {
  type CountName,
  countNames,
  countText,
  shortCount,
  shownCounts,
  type UsageCounts,
} from '../show/usage.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'
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
  const language = useLanguage()
  const { t } = language
  const [count, setCount] = useState<CountName>(() => firstUsed(points))
  const marks = new Map(points.map(({ atMs, mark }) => [atMs / 1_000, mark]))
  const sum = points.reduce((total, { counts }) => total + counts[count], 0)
  const earlier = before?.map(counts => counts[count]) ?? null
  const layers = layersOf?.(count) ?? []
  const describe = (place: number): string =>
    pointText(language, { count, point: points[place], layers, before: earlier?.[place] ?? null, place })
  if (countNames.every(name => points.every(({ counts }) => counts[name] === 0))) {
    return <p className="card quiet">{t('usage.noUsage', { title })}</p>
  }
  const described = { title, sum: countText(language, count, sum), count: t(`usage.words.${count}`) }
  return (
    <figure className="usage-chart">
      <figcaption className="section-row">
        <span>
          {t.rich('usage.sum', {
            strong,
            ...described,
            calls: chunks => <Link href={callsAddress(calls)}>{chunks}</Link>,
          })}
        </span>
        <span className="chart-choices">
          {choices}
          <label className="field-inline">
            <span className="unseen">{t('usage.count')}</span>
            <select value={count} onChange={event => setCount(event.target.value as CountName)}>
              {shownCounts(points.map(({ counts }) => counts)).map(name => (
                <option key={name} value={name}>
                  {t(`usage.titles.${name}`)}
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
            : [{ name: t(`usage.titles.${count}`), values: points.map(({ counts }) => counts[count]) }]
        }
        before={earlier}
        label={t('usage.chart', described)}
        write={value => shortCount(language, count, value)}
        writeTime={seconds => marks.get(seconds) ?? ''}
        describe={describe}
      />
      <p className="chart-zone">{zone}</p>
      {earlier !== null && <Comparison count={count} sum={sum} before={sumOf(earlier)} />}
      <details className="figures">
        <summary>{t('usage.figures')}</summary>
        <CountsTable firstColumn={t('common.when')} rows={points.toReversed()} />
      </details>
    </figure>
  )
}

/** A point's values: `2026-11-25: 1,200 requests; groq_1 800, groq_2 400; 900 in the period before`. */
function pointText(
  language: Language,
  {
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
  },
): string {
  const { t } = language
  if (point === undefined) return ''
  const whole = t('usage.point', {
    name: point.name,
    sum: countText(language, count, point.counts[count]),
    count: t(`usage.words.${count}`),
  })
  const parts = layers
    .filter(({ values }) => (values[place] ?? 0) > 0)
    .map(({ name, values }) => `${name} ${countText(language, count, values[place] ?? 0)}`)
  const earlier = before === null ? [] : [t('usage.pointBefore', { sum: countText(language, count, before) })]
  return [whole, ...(parts.length > 0 ? [parts.join(t('formats.listComma'))] : []), ...earlier].join(
    t('formats.semicolon'),
  )
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
  const language = useLanguage()
  const { t } = language
  if (before === 0) return <p className="chart-zone">{t('usage.nothingBefore')}</p>
  const change = Math.round(((sum - before) / before) * 100)
  return (
    <p className="chart-zone">
      {t(change < 0 ? 'usage.lessThanBefore' : 'usage.moreThanBefore', {
        percent: String(Math.abs(change)),
        sum: countText(language, count, before),
      })}
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
  const { t } = useLanguage()
  const names = shownCounts(rows.map(({ counts }) => counts))
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{firstColumn}</th>
            {names.map(name => (
              <th key={name} scope="col" className="number">
                {t(`usage.titles.${name}`)}
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
