import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { dayBefore } from '../show/instants.js'
import { consumerFilters, spendingDays } from '../show/page-filters.js'
import { shownCounts, type UsageCounts } from '../show/usage.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'
import { ConsumerLink } from './consumer-list.js'
import { CountCell } from './count-cell.js'
import { FailedNotice, Loading } from './notices.js'
import { TableFrame } from './table-frame.js'

const everyMs = 10_000
const maxRows = 200

interface Sum extends UsageCounts {
  readonly consumer?: string
  readonly model?: string
}

/** Usage of the consumer and everything below it, by consumer and model. */
export function ConsumerUsage({
  name,
  isOperator,
}: {
  readonly name: string
  /** False hides costs that are not shown to the consumer. */
  readonly isOperator: boolean
}) {
  const { t } = useLanguage()
  const [{ days }, change] = useFilters(consumerFilters)
  const api = useApi()
  const nowMs = Date.now()
  const input = {
    ...{ under: name, groupBy: ['consumer', 'model'] as const, pageSize: maxRows },
    // Days are in the providers' time zones, where tomorrow may have begun.
    ...{ from: dayBefore(nowMs, Number(days) - 1), to: dayBefore(nowMs, -1) },
  }
  const sums = useQuery(
    api.usage.summary.queryOptions(
      { ...input, groupBy: [...input.groupBy] },
      { refetchInterval: everyMs, placeholderData: keepPreviousData },
    ),
  )
  return (
    <section aria-labelledby="spending">
      <div className="section-row">
        <h2 id="spending">{t('consumers.spending')}</h2>
        <fieldset className="chips">
          <legend className="unseen">{t('consumers.inTheLast')}</legend>
          {spendingDays.map(count => (
            <label key={count} className="chip">
              <input
                type="radio"
                name="range"
                checked={days === count}
                onChange={() => change({ days: count })}
              />
              {count === '1' ? t('consumers.today') : t('consumers.days', { count })}
            </label>
          ))}
        </fieldset>
      </div>
      {sums.error !== null && <FailedNotice what={t('shell.usage')} error={sums.error} />}
      {sums.data === undefined ? (
        sums.error === null && <Loading what={t('usage.theUsage')} />
      ) : sums.data.rows.length === 0 ? (
        <p className="quiet">{t('consumers.nothing')}</p>
      ) : (
        <SumsTable rows={sums.data.rows} from={input.from} to={input.to} isOperator={isOperator} />
      )}
      {sums.data?.nextCursor != null && (
        <p className="quiet">
          {t.rich('consumers.theFirst', {
            code,
            count: String(maxRows),
            command: `qk usage summary --group-by consumer,model --days ${days} --under '${name}'`,
          })}
        </p>
      )}
    </section>
  )
}

function SumsTable({
  rows,
  from,
  to,
  isOperator,
}: {
  readonly rows: readonly Sum[]
  readonly from: string
  readonly to: string
  readonly isOperator: boolean
}) {
  const { t } = useLanguage()
  const hasCost = isOperator || rows.some(({ costMicroUsd }) => costMicroUsd > 0)
  const counts = shownCounts(rows).filter(count => count !== 'costMicroUsd' || hasCost)
  const sorted = rows.toSorted(
    (left, right) => right.costMicroUsd - left.costMicroUsd || right.requestCount - left.requestCount,
  )
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('common.consumer')}</th>
            <th scope="col">{t('common.model')}</th>
            {counts.map(count => (
              <th key={count} scope="col" className="number">
                {t(`usage.titles.${count}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ consumer = '', model = '', ...sum }) => (
            <tr key={`${consumer}\n${model}`}>
              <th scope="row">
                <ConsumerLink name={consumer} />
              </th>
              <td>{model || '–'}</td>
              {counts.map(count => (
                <CountCell
                  key={count}
                  count={count}
                  value={sum[count]}
                  calls={consumer === '' || model === '' ? null : { consumer, model, from, to }}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
