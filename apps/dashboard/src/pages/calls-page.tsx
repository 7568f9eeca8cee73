import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi, useApiClient } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { usePages } from '../data/use-pages.js'
import { FilterChoice, FilterDay, FilterText } from '../parts/filter-fields.js'
import { LedgerTable } from '../parts/ledger-table.js'
import { EmptyNotice, FailedNotice } from '../parts/notices.js'
import { Paged } from '../parts/paged.js'
import { dayBefore } from '../show/instants.js'
import { attemptStates, callFilters } from '../show/page-filters.js'
import { countText, noUsage, shownCounts } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 10_000
const pageSize = 50
const daysShown = 30

/** The calls of some days, newest first, and what they sum up to. */
export function CallsPage({
  isOperator,
}: {
  /** False for tokens of consumers, which see no providers. */
  readonly isOperator: boolean
}) {
  const { t } = useLanguage()
  const [chosen, change] = useFilters(callFilters)
  const client = useApiClient()
  const { state } = chosen
  // Days are in the providers' time zones, where tomorrow may have begun.
  const to = chosen.to || dayBefore(Date.now(), -1)
  const from = chosen.from || dayBefore(Date.parse(to), daysShown - 1)
  const [model, consumer, under] = [chosen.model.trim(), chosen.consumer.trim(), chosen.under.trim()]
  const provider = isOperator ? chosen.provider.trim() : ''
  const input = {
    ...{ from, to },
    ...(provider !== '' && { providerName: provider }),
    ...(model !== '' && { model }),
    ...(consumer !== '' && { consumer }),
    ...(under !== '' && { under }),
  }
  const listed = { ...input, ...(state !== '' && { state }), pageSize }
  const isRange = from <= to
  const pages = usePages({
    key: ['calls', listed],
    read: async cursor =>
      isRange ? client.usage.ledger.query({ ...listed, cursor }) : { rows: [], nextCursor: null },
    everyMs,
  })
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.calls')}</h1>
        <p className="title-note">{t('calls.note')}</p>
      </div>
      <div className="filter">
        {isOperator && (
          <FilterText
            name={t('common.provider')}
            value={provider}
            onChange={text => change({ provider: text })}
          />
        )}
        <FilterText
          name={t('common.model')}
          value={chosen.model}
          onChange={text => change({ model: text })}
        />
        <FilterText
          name={t('common.consumer')}
          value={chosen.consumer}
          onChange={text => change({ consumer: text })}
        />
        <FilterText
          name={t('calls.orBelow')}
          value={chosen.under}
          onChange={text => change({ under: text })}
        />
        <FilterChoice
          name={t('common.state')}
          choices={attemptStates}
          value={state}
          onChange={chosenState => change({ state: chosenState })}
          word={choice => t(`codes.states.${choice}`)}
        />
        <FilterDay name={t('usage.from')} value={from} max={to} onChange={day => change({ from: day })} />
        <FilterDay name={t('usage.to')} value={to} min={from} onChange={day => change({ to: day })} />
      </div>
      {!isRange && <p className="field-error">{t('usage.wrongRange')}</p>}
      {isRange && state === '' && <SumOfCalls input={input} />}
      <Paged
        what={t('provider.calls')}
        pages={pages}
        empty={<EmptyNotice title={t('provider.noCallMatches')}>{t('calls.changeFilters')}</EmptyNotice>}
      >
        {rows => <LedgerTable rows={rows} withProvider={isOperator} />}
      </Paged>
    </>
  )
}

interface SumOfCallsProps {
  readonly input: {
    readonly from: string
    readonly to: string
    readonly providerName?: string
    readonly model?: string
    readonly consumer?: string
    readonly under?: string
  }
}

/** Of all matching calls, not only of those that are listed. */
function SumOfCalls({ input }: SumOfCallsProps) {
  const api = useApi()
  const language = useLanguage()
  const { t } = language
  const sums = useQuery(
    api.usage.summary.queryOptions(
      { ...input, groupBy: [], pageSize: 1 },
      { refetchInterval: everyMs, placeholderData: keepPreviousData },
    ),
  )
  if (sums.error !== null) return <FailedNotice what={t('calls.theSum')} error={sums.error} />
  if (sums.data === undefined) return null
  const sum = sums.data.rows[0] ?? noUsage
  return (
    <dl className="facts" aria-label={t('calls.sumOfAll')}>
      {shownCounts([sum]).map(count => (
        <div key={count}>
          <dt>{t(`usage.titles.${count}`)}</dt>
          <dd>{countText(language, count, sum[count])}</dd>
        </div>
      ))}
    </dl>
  )
}
