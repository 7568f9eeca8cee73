import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, useApi } from '../data/api.js'
import { readersZone } from '../show/day-hours.js'
import { dayBefore } from '../show/instants.js'
import { layersOf } from '../show/layers.js'
import { daysBetween, noUsage, type UsageCounts } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'
import type { Translate } from '../texts/translate.js'
import { FailedNotice } from './notices.js'
import { UsageChart, type UsagePoint } from './usage-chart.js'

type Sum = Outputs['usage']['summary']['rows'][number]
type Part = 'provider' | 'model' | 'consumer'

const parts = [
  ['', 'usage.notStacked'],
  ['provider', 'usage.byProvider'],
  ['model', 'usage.byModel'],
  ['consumer', 'usage.byConsumer'],
] as const

const noNames = {
  provider: 'usage.noProvider',
  model: 'usage.noModel',
  consumer: 'usage.noConsumer',
} as const

const everyMs = 10_000
/** The most that the API answers at once. */
const maxRows = 10_000
const dayMs = 86_400_000

/** Usage by day or hour: its bars may be stacked by provider, model or consumer, and stand beside the period before. */
export function UsageOverTime({
  title,
  unit,
  points,
  from,
  to,
}: {
  readonly title: string
  readonly unit: 'day' | 'hour'
  readonly points: readonly UsagePoint[]
  /** The first day and the last one. */
  readonly from: string
  readonly to: string
}) {
  const { t } = useLanguage()
  const [part, setPart] = useState<Part | ''>('')
  const [isCompared, setIsCompared] = useState(false)
  const api = useApi()
  const dayCount = daysBetween(from, to).length
  const earlier = { from: dayBefore(Date.parse(from), dayCount), to: dayBefore(Date.parse(from), 1) }
  const stacked = useQuery(
    api.usage.summary.queryOptions(
      { from, to, groupBy: part === '' ? [unit] : [unit, part], pageSize: maxRows },
      { enabled: part !== '', refetchInterval: everyMs },
    ),
  )
  const before = useQuery(
    api.usage.summary.queryOptions(
      { ...earlier, groupBy: [unit], pageSize: maxRows },
      { enabled: isCompared, refetchInterval: 6 * everyMs },
    ),
  )
  const rows = part === '' ? undefined : stacked.data?.rows
  const times = points.map(({ atMs }) => atMs)
  const error = (part === '' ? null : stacked.error) ?? (isCompared ? before.error : null)
  return (
    <>
      {error !== null && <FailedNotice what={t('shell.usage')} error={error} />}
      <UsageChart
        title={title}
        points={points}
        calls={{ from, to }}
        zone={unit === 'day' ? t('usage.zoneOfDays') : t('usage.zoneOfHours', { timeZone: readersZone() })}
        choices={
          <>
            <label className="field-inline">
              <span className="unseen">{t('usage.stacked')}</span>
              <select value={part} onChange={event => setPart(event.target.value as Part | '')}>
                {parts.map(([key, name]) => (
                  <option key={key} value={key}>
                    {t(name)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field-inline">
              <input
                type="checkbox"
                checked={isCompared}
                onChange={event => setIsCompared(event.target.checked)}
              />
              {t('usage.besideBefore')}
            </label>
          </>
        }
        layersOf={
          rows === undefined || part === ''
            ? undefined
            : count =>
                layersOf(
                  times,
                  rows.map(row => ({ atMs: timeOf(row), name: nameOf(t, row, part), value: row[count] })),
                  t('usage.others'),
                )
        }
        before={
          isCompared && before.data !== undefined ? beforeOf(before.data.rows, times, dayCount) : undefined
        }
      />
      {stacked.data?.nextCursor != null && part !== '' && <p className="quiet">{t('usage.tooManyParts')}</p>}
    </>
  )
}

function timeOf({ day, hour }: Sum): number {
  return Date.parse(hour ?? day ?? '')
}

function nameOf(t: Translate, { providerName, model, consumer }: Sum, part: Part): string {
  const name = { provider: providerName, model, consumer }[part]
  return name || t(noNames[part])
}

/** The usage of the period before, as many days earlier, at each point. */
function beforeOf(rows: readonly Sum[], times: readonly number[], dayCount: number): readonly UsageCounts[] {
  const known = new Map(rows.map(row => [timeOf(row) + dayCount * dayMs, row]))
  return times.map(atMs => known.get(atMs) ?? noUsage)
}
