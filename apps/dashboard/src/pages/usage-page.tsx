import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { type Outputs, useApi } from '../data/api.js'
import { addressOf } from '../data/path-prefix.js'
import { useFilters } from '../data/use-filters.js'
import { FilterDay } from '../parts/filter-fields.js'
import { EmptyNotice, FailedNotice, Loading } from '../parts/notices.js'
import { CountsTable, type UsagePoint } from '../parts/usage-chart.js'
import { UsageOverTime } from '../parts/usage-over-time.js'
import { callsAddress } from '../show/calls-address.js'
import { dayAndHour, dayBefore, type Instants } from '../show/instants.js'
import { type groupings, usageFilters } from '../show/page-filters.js'
import { daysBetween, noUsage } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'

type Sum = Outputs['usage']['summary']['rows'][number]

type Grouping = (typeof groupings)[number]
const choices = [
  ['day', 'usage.day'],
  ['hour', 'usage.hour'],
  ['provider', 'common.provider'],
  ['model', 'common.model'],
  ['consumer', 'common.consumer'],
] as const

const everyMs = 10_000
const maxRows = 1_000
const daysShown = 30

/** Usage by time, provider, model or consumer. */
export function UsagePage() {
  const { t } = useLanguage()
  const [chosen, change] = useFilters(usageFilters)
  const { by: grouping } = chosen
  const to = chosen.to || dayBefore(Date.now(), 0)
  const from = chosen.from || dayBefore(Date.parse(to), daysShown - 1)
  const isRange = from <= to && daysBetween(from, to).length <= maxRows
  const api = useApi()
  const input = { from, to, groupBy: [grouping], pageSize: maxRows }
  const sums = useQuery(
    api.usage.summary.queryOptions(input, {
      enabled: isRange,
      refetchInterval: everyMs,
      placeholderData: keepPreviousData,
    }),
  )
  const exportUrl = addressOf(
    `/api/v1/usage/export?${new URLSearchParams({ what: 'summary', from, to, groupBy: grouping })}`,
  )
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.usage')}</h1>
        {isRange && (
          <div className="actions">
            <Link className="button" href={callsAddress({ from, to })}>
              {t('shell.calls')}
            </Link>
            <a className="button" href={exportUrl} download>
              {t('common.csv')}
            </a>
          </div>
        )}
      </div>
      <div className="filter">
        <fieldset className="chips">
          <legend className="unseen">{t('usage.by')}</legend>
          {choices.map(([key, name]) => (
            <label key={key} className="chip">
              <input
                type="radio"
                name="grouping"
                checked={grouping === key}
                onChange={() => change({ by: key })}
              />
              {t(name)}
            </label>
          ))}
        </fieldset>
        <FilterDay name={t('usage.from')} value={from} max={to} onChange={day => change({ from: day })} />
        <FilterDay name={t('usage.to')} value={to} min={from} onChange={day => change({ to: day })} />
      </div>
      {from > to ? (
        <p className="field-error">{t('usage.wrongRange')}</p>
      ) : (
        !isRange && <p className="field-error">{t('usage.tooManyDays', { count: String(maxRows) })}</p>
      )}
      {sums.error !== null && <FailedNotice what={t('shell.usage')} error={sums.error} />}
      {sums.data === undefined ? (
        sums.error === null && isRange && <Loading what={t('usage.theUsage')} />
      ) : sums.data.rows.length === 0 ? (
        sums.error === null && <EmptyNotice title={t('usage.nothing')}>{t('usage.chooseOthers')}</EmptyNotice>
      ) : sums.isPlaceholderData ? (
        isRange && <Loading what={t('usage.theUsage')} />
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
      return (
        <UsageOverTime
          title={t('usage.byDay')}
          unit="day"
          points={dayPoints(rows, from, to)}
          {...{ from, to }}
        />
      )
    case 'hour':
      return (
        <UsageOverTime
          title={t('usage.byHour')}
          unit="hour"
          points={hourPoints(language, rows)}
          {...{ from, to }}
        />
      )
    default: {
      const named = rows
        .map(row => {
          const value = keyOf(row, grouping)
          if (value === '')
            return { name: t(grouping === 'consumer' ? 'usage.noConsumer' : 'usage.noModel'), counts: row }
          return { name: value, counts: row, calls: { from, to, [grouping]: value } }
        })
        .toSorted((left, right) => right.counts.requestCount - left.counts.requestCount)
      return <CountsTable firstColumn={t(`common.${grouping}`)} rows={named} />
    }
  }
}

function keyOf(row: Sum, grouping: 'provider' | 'model' | 'consumer'): string {
  return { provider: row.providerName, model: row.model, consumer: row.consumer }[grouping] ?? ''
}

/** Each day of the range, including those without usage. */
function dayPoints(rows: readonly Sum[], from: string, to: string): readonly UsagePoint[] {
  const known = new Map(rows.map(row => [row.day, row]))
  return daysBetween(from, to).map(day => ({
    atMs: Date.parse(day),
    name: day,
    mark: day.slice(5),
    counts: known.get(day) ?? noUsage,
    calls: { from: day, to: day },
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
