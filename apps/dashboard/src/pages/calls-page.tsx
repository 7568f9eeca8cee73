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
import { countText, countTitles, noUsage, shownCounts } from '../show/usage.js'

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
        <h1>Calls</h1>
        <p className="title-note">
          What sums are made of. A call is kept for 90 days unless the server is set otherwise, sums for
          longer.
        </p>
      </div>
      <div className="filter">
        {isOperator && (
          <FilterText name="Provider" value={provider} onChange={text => change({ provider: text })} />
        )}
        <FilterText name="Model" value={chosen.model} onChange={text => change({ model: text })} />
        <FilterText name="Consumer" value={chosen.consumer} onChange={text => change({ consumer: text })} />
        <FilterText
          name="Consumer or below"
          value={chosen.under}
          onChange={text => change({ under: text })}
        />
        <FilterChoice
          name="State"
          choices={attemptStates}
          value={state}
          onChange={word => change({ state: word })}
        />
        <FilterDay name="From" value={from} max={to} onChange={day => change({ from: day })} />
        <FilterDay name="to" value={to} min={from} onChange={day => change({ to: day })} />
      </div>
      {!isRange && <p className="field-error">Choose a first day that is not after the last.</p>}
      {isRange && state === '' && <SumOfCalls input={input} />}
      <Paged
        what="calls"
        pages={pages}
        empty={<EmptyNotice title="No call matches.">Change the filters above.</EmptyNotice>}
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
  const sums = useQuery(
    api.usage.summary.queryOptions(
      { ...input, groupBy: [], pageSize: 1 },
      { refetchInterval: everyMs, placeholderData: keepPreviousData },
    ),
  )
  if (sums.error !== null) return <FailedNotice what="The sum" error={sums.error} />
  if (sums.data === undefined) return null
  const sum = sums.data.rows[0] ?? noUsage
  return (
    <dl className="facts" aria-label="Sum of all matching calls">
      {shownCounts([sum]).map(count => (
        <div key={count}>
          <dt>{countTitles[count]}</dt>
          <dd>{countText(count, sum[count])}</dd>
        </div>
      ))}
    </dl>
  )
}
