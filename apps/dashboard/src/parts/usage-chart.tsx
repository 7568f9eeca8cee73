import { useState } from 'react'
import {
  type CountName,
  countNames,
  countText,
  shortCount,
  shownCounts,
  type UsageCounts,
} from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'
import { Chart } from './chart.js'
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
}

/** Usage over time, one count at a time: a chart, and a table on demand. */
export function UsageChart({
  points,
  title,
}: {
  readonly points: readonly UsagePoint[]
  readonly title: string
}) {
  const language = useLanguage()
  const { t } = language
  const [count, setCount] = useState<CountName>(() => firstUsed(points))
  const marks = new Map(points.map(({ atMs, mark }) => [atMs / 1_000, mark]))
  const sum = points.reduce((total, { counts }) => total + counts[count], 0)
  if (countNames.every(name => points.every(({ counts }) => counts[name] === 0))) {
    return <p className="card quiet">{t('usage.noUsage', { title })}</p>
  }
  const described = { title, sum: countText(language, count, sum), count: t(`usage.words.${count}`) }
  return (
    <figure className="usage-chart">
      <figcaption className="section-row">
        <span>{t.rich('usage.sum', { strong, ...described })}</span>
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
      </figcaption>
      <Chart
        times={points.map(({ atMs }) => atMs / 1_000)}
        values={points.map(({ counts }) => counts[count])}
        label={t('usage.chart', described)}
        write={value => shortCount(language, count, value)}
        writeTime={seconds => marks.get(seconds) ?? ''}
      />
      <details className="figures">
        <summary>{t('usage.figures')}</summary>
        <CountsTable
          firstColumn={t('common.when')}
          rows={points.map(({ name, counts }) => ({ name, counts })).toReversed()}
        />
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
  readonly rows: readonly { readonly name: string; readonly counts: UsageCounts }[]
}) {
  const language = useLanguage()
  const { t } = language
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
          {rows.map(({ name, counts }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {names.map(count => (
                <td key={count} className="number">
                  {countText(language, count, counts[count])}
                </td>
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
