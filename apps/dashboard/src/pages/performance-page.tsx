import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { EmptyNotice, FailedNotice, Loading } from '../parts/notices.js'
import { PerformanceExplained } from '../parts/performance-explained.js'
import { PerformanceTable } from '../parts/performance-table.js'
import { performanceFilters, performanceGroupings, performancePeriods } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

const everyMs = 30_000
const maxRows = 1_000

/** Success and latency of calls, by provider, model or consumer. */
export function PerformancePage() {
  const { t } = useLanguage()
  const [{ by, period }, change] = useFilters(performanceFilters)
  const figures = useQuery(
    useApi().performance.get.queryOptions(
      { by, period, pageSize: maxRows },
      { refetchInterval: everyMs, placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.performance')}</h1>
        <p className="title-note">{t('performance.note')}</p>
      </div>
      <div className="filter">
        <Choice
          name={t('usage.by')}
          choices={performanceGroupings}
          value={by}
          onChange={chosen => change({ by: chosen })}
          word={choice => t(`common.${choice}`)}
        />
        <Choice
          name={t('consumers.inTheLast')}
          choices={performancePeriods}
          value={period}
          onChange={chosen => change({ period: chosen })}
          word={choice => t(`performance.periods.${choice}`)}
        />
      </div>
      {figures.error !== null && <FailedNotice what={t('shell.performance')} error={figures.error} />}
      {figures.data === undefined || figures.isPlaceholderData ? (
        figures.error === null && <Loading what={t('performance.thePerformance')} />
      ) : figures.data.rows.length === 0 ? (
        <EmptyNotice title={t(period === '24h' ? 'performance.noCallsOfDay' : 'performance.noCallsOfWeek')}>
          {t.rich('performance.noCallsHint', { try: chunks => <Link href="/try">{chunks}</Link> })}
        </EmptyNotice>
      ) : (
        <>
          <PerformanceTable rows={figures.data.rows} by={by} />
          {figures.data.nextCursor !== null && (
            <p className="quiet">
              {t.rich('consumers.theFirst', {
                code,
                count: String(maxRows),
                command: `qk performance --by ${by}`,
              })}
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
  word,
}: {
  readonly name: string
  readonly choices: readonly Key[]
  readonly value: Key
  readonly onChange: (key: Key) => void
  /** A choice in the reader's language. */
  readonly word: (key: Key) => string
}) {
  return (
    <fieldset className="chips">
      <legend className="unseen">{name}</legend>
      {choices.map(key => (
        <label key={key} className="chip">
          <input type="radio" name={name} checked={value === key} onChange={() => onChange(key)} />
          {word(key)}
        </label>
      ))}
    </fieldset>
  )
}
