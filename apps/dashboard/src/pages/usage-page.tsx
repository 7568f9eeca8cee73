import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, useApi } from '../data/api.js'
import { EmptyNotice, FailedNotice, Loading } from '../parts/notices.js'
import { CountsTable, UsageChart, type UsagePoint } from '../parts/usage-chart.js'
import { dayAndHour, dayBefore, type Instants } from '../show/instants.js'
import { daysBetween, noUsage } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'
import type { Translate } from '../texts/translate.js'

type Sum = Outputs['usage']['summary']['rows'][number]

const groupings = [
  ['day', 'usage.day'],
  ['hour', 'usage.hour'],
  ['provider', 'common.provider'],
  ['model', 'common.model'],
  ['consumer', 'common.consumer'],
] as const
type Grouping = (typeof groupings)[number][0]

const everyMs = 10_000
const maxRows = 1_000

/** Usage by time, provider, model or consumer. */
export function UsagePage() {
  const { t } = useLanguage()
  const [from, setFrom] = useState(() => dayBefore(Date.now(), 29))
  const [to, setTo] = useState(() => dayBefore(Date.now(), 0))
  const [grouping, setGrouping] = useState<Grouping>('day')
  const isRange = from !== '' && to !== '' && from <= to
  const api = useApi()
  const input = { from, to, groupBy: [grouping], pageSize: maxRows }
  const sums = useQuery(
    api.usage.summary.queryOptions(input, {
      enabled: isRange,
      refetchInterval: everyMs,
      placeholderData: keepPreviousData,
    }),
  )
  const exportUrl = `/api/v1/usage/export?${new URLSearchParams({ what: 'summary', from, to, groupBy: grouping })}`
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.usage')}</h1>
        {isRange && (
          <a className="button" href={exportUrl} download>
            {t('common.csv')}
          </a>
        )}
      </div>
      <div className="filter">
        <fieldset className="chips">
          <legend className="unseen">{t('usage.by')}</legend>
          {groupings.map(([key, name]) => (
            <label key={key} className="chip">
              <input
                type="radio"
                name="grouping"
                checked={grouping === key}
                onChange={() => setGrouping(key)}
              />
              {t(name)}
            </label>
          ))}
        </fieldset>
        <label className="field-inline">
          <span className="field-name">{t('usage.from')}</span>
          <input type="date" value={from} max={to} onChange={event => setFrom(event.target.value)} />
        </label>
        <label className="field-inline">
          <span className="field-name">{t('usage.to')}</span>
          <input type="date" value={to} min={from} onChange={event => setTo(event.target.value)} />
        </label>
      </div>
      {!isRange && <p className="field-error">{t('usage.wrongRange')}</p>}
      {sums.error !== null && <FailedNotice what={t('shell.usage')} error={sums.error} />}
      {sums.data === undefined ? (
        sums.error === null && <Loading what={t('usage.theUsage')} />
      ) : sums.data.rows.length === 0 ? (
        sums.error === null && <EmptyNotice title={t('usage.nothing')}>{t('usage.chooseOthers')}</EmptyNotice>
      ) : sums.isPlaceholderData ? (
        <Loading what={t('usage.theUsage')} />
      ) : (
        <Sums key={grouping} grouping={grouping} rows={sums.data.rows} from={from} to={to} />
      )}
      {sums.data?.nextCursor != null && (
        <p className="quiet">{t('usage.theFirst', { count: String(maxRows) })}</p>
      )}
    </>
  )
}

interface SumsProps {
  readonly grouping: Grouping
  readonly rows: readonly Sum[]
  readonly from: string
  readonly to: string
}

function Sums({ grouping, rows, from, to }: SumsProps) {
  const language = useLanguage()
  const { t } = language
  switch (grouping) {
    case 'day':
      return <UsageChart title={t('usage.byDay')} points={dayPoints(rows, from, to)} />
    case 'hour':
      return <UsageChart title={t('usage.byHour')} points={hourPoints(language, rows)} />
    default: {
      const named = rows
        .map(row => ({ name: nameOf(t, row, grouping), counts: row }))
        .toSorted((left, right) => right.counts.requestCount - left.counts.requestCount)
      return <CountsTable firstColumn={t(`common.${grouping}`)} rows={named} />
    }
  }
}

function nameOf(t: Translate, row: Sum, grouping: 'provider' | 'model' | 'consumer'): string {
  const name = { provider: row.providerName, model: row.model, consumer: row.consumer }[grouping]
  return name || t(grouping === 'consumer' ? 'usage.noConsumer' : 'usage.noModel')
}

/** Each day of the range, including those without usage. */
function dayPoints(rows: readonly Sum[], from: string, to: string): readonly UsagePoint[] {
  const known = new Map(rows.map(row => [row.day, row]))
  return daysBetween(from, to).map(day => ({
    atMs: Date.parse(day),
    name: day,
    mark: day.slice(5),
    counts: known.get(day) ?? noUsage,
  }))
}

function hourPoints({ clockTime }: Instants, rows: readonly Sum[]): readonly UsagePoint[] {
  const nowMs = Date.now()
  return rows
    .flatMap((row): readonly UsagePoint[] => {
      if (row.hour === undefined) return []
      const name = clockTime(row.hour, nowMs)
      return [{ atMs: Date.parse(row.hour), name, mark: dayAndHour(row.hour), counts: row }]
    })
    .toSorted((left, right) => left.atMs - right.atMs)
}
