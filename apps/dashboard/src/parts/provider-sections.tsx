import { useQuery } from '@tanstack/react-query'
import { useApi, useApiClient } from '../data/api.js'
import { addressOf } from '../data/path-prefix.js'
import { useFilters } from '../data/use-filters.js'
import { usePages } from '../data/use-pages.js'
import { changeText } from '../show/changes.js'
import { hoursOfDay, type OwnDay, readersZone } from '../show/day-hours.js'
import { dayBefore, exactTime, hourAndMinute } from '../show/instants.js'
import { attemptStates, providerCallFilters } from '../show/page-filters.js'
import { daysBetween, noUsage, type UsageCounts } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'
import { AlertTable } from './alert-table.js'
import { FilterChoice, FilterText } from './filter-fields.js'
import { LedgerTable } from './ledger-table.js'
import { FailedNotice, Loading } from './notices.js'
import { Paged } from './paged.js'
import { UsageChart, type UsagePoint } from './usage-chart.js'

const daysShown = 30
const everyMs = 10_000

/** Charts of the last 30 days and of today by hour. */
export function ProviderHistory({ name, day }: { readonly name: string; readonly day: OwnDay }) {
  const api = useApi()
  const { t } = useLanguage()
  const { date: today, timeZone, dayStartsAt } = day
  const from = dayBefore(Date.parse(today), daysShown - 1)
  const days = useQuery(
    api.usage.history.queryOptions(
      { providerName: name, from, to: today, pageSize: daysShown },
      { refetchInterval: everyMs },
    ),
  )
  const hours = useQuery(
    api.usage.summary.queryOptions(
      { providerName: name, from: today, to: today, groupBy: ['hour'], pageSize: 100 },
      { refetchInterval: everyMs },
    ),
  )
  const error = days.error ?? hours.error
  if (error !== null) return <FailedNotice what={t('provider.history')} error={error} />
  if (days.data === undefined || hours.data === undefined) return <Loading what={t('provider.theHistory')} />
  const known = new Map(days.data.rows.map(row => [row.date, row]))
  const dayPoints = daysBetween(from, today).map(
    (day): UsagePoint => ({
      atMs: Date.parse(day),
      name: day,
      mark: day.slice(5),
      counts: known.get(day) ?? noUsage,
      calls: { provider: name, from: day, to: day },
    }),
  )
  return (
    <section aria-labelledby="history" className="pair">
      <h2 id="history" className="unseen">
        {t('provider.history')}
      </h2>
      <UsageChart
        title={t('provider.lastDays', { days: String(daysShown) })}
        points={dayPoints}
        calls={{ provider: name, from, to: today }}
        zone={t('provider.zoneOfDays', { time: dayStartsAt, timeZone })}
      />
      <UsageChart
        title={t('provider.todayByHour')}
        points={hourPoints(hours.data.rows, day)}
        calls={{ provider: name, from: today, to: today }}
        zone={t('provider.zoneOfHours', { timeZone: readersZone() })}
      />
    </section>
  )
}

/** Each hour of the provider's day, from its start to the current one. */
function hourPoints(
  rows: readonly (UsageCounts & { readonly hour?: string | undefined })[],
  day: OwnDay,
): readonly UsagePoint[] {
  const known = new Map(rows.map(row => [Date.parse(row.hour ?? ''), row]))
  return hoursOfDay(day, Date.now()).map(atMs => {
    const name = hourAndMinute(atMs)
    return { atMs, name, mark: name, counts: known.get(atMs) ?? noUsage }
  })
}

/** The latest calls, with filters by model, consumer and state. */
export function ProviderLedger({ name }: { readonly name: string }) {
  const { t } = useLanguage()
  const [{ model, consumer, state }, change] = useFilters(providerCallFilters)
  const client = useApiClient()
  const input = {
    providerName: name,
    pageSize: 20,
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(consumer.trim() !== '' && { consumer: consumer.trim() }),
    ...(state !== '' && { state }),
  }
  const isFiltered = Object.keys(input).length > 2
  const pages = usePages({
    key: ['ledger', input],
    read: cursor => client.usage.ledger.query({ ...input, cursor }),
    everyMs,
  })
  return (
    <section aria-labelledby="calls">
      <div className="section-row">
        <h2 id="calls">{t('provider.latestCalls')}</h2>
        <a
          className="button"
          href={addressOf(
            `/api/v1/usage/export?${new URLSearchParams({ what: 'ledger', providerName: name })}`,
          )}
          download
        >
          {t('common.csv')}
        </a>
      </div>
      <div className="filter">
        <FilterText name={t('common.model')} value={model} onChange={text => change({ model: text })} />
        <FilterText
          name={t('common.consumer')}
          value={consumer}
          onChange={text => change({ consumer: text })}
        />
        <FilterChoice
          name={t('common.state')}
          choices={attemptStates}
          value={state}
          onChange={chosen => change({ state: chosen })}
          word={choice => t(`codes.states.${choice}`)}
        />
      </div>
      <Paged
        what={t('provider.calls')}
        pages={pages}
        empty={<p className="quiet">{t(isFiltered ? 'provider.noCallMatches' : 'provider.noneYet')}</p>}
      >
        {rows => <LedgerTable rows={rows} />}
      </Paged>
    </section>
  )
}

/** The latest alerts of the provider. */
export function ProviderAlerts({ name }: { readonly name: string }) {
  const api = useApi()
  const { t } = useLanguage()
  const alerts = useQuery(
    api.alerts.list.queryOptions(
      { subject: { kind: 'provider', name }, pageSize: 10 },
      { refetchInterval: everyMs },
    ),
  )
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{t('shell.alerts')}</h2>
      {alerts.error !== null && <FailedNotice what={t('shell.alerts')} error={alerts.error} />}
      {alerts.data === undefined ? (
        alerts.error === null && <Loading what={t('alerts.theAlerts')} />
      ) : alerts.data.rows.length === 0 ? (
        alerts.error === null && <p className="quiet">{t('common.noneSentence')}</p>
      ) : (
        <AlertTable rows={alerts.data.rows} />
      )}
    </section>
  )
}

/** Changes of settings, and who made them. */
export function ProviderChanges({ name }: { readonly name: string }) {
  const client = useApiClient()
  const language = useLanguage()
  const { t } = language
  const subject = { kind: 'provider', name } as const
  const pages = usePages({
    key: ['audit', name],
    read: cursor => client.audit.list.query({ subject, pageSize: 10, cursor }),
    everyMs,
  })
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">{t('provider.changes')}</h2>
      <Paged
        what={t('provider.theChanges')}
        pages={pages}
        empty={<p className="quiet">{t('common.noneSentence')}</p>}
      >
        {rows => (
          <ul className="steps">
            {rows.map(row => (
              <li key={row.id}>
                {t('provider.change', { when: exactTime(row.at), change: changeText(language, row) })}
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </section>
  )
}
