import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { type Outputs, useApi, useApiClient } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { useNow } from '../data/use-now.js'
import { usePages } from '../data/use-pages.js'
import { FilterChoice, FilterText } from '../parts/filter-fields.js'
import { EmptyNotice } from '../parts/notices.js'
import { OutcomeBadge } from '../parts/outcome-badge.js'
import { Paged } from '../parts/paged.js'
import { TableFrame } from '../parts/table-frame.js'
import { exactTime } from '../show/instants.js'
import { outcomes, requestFilters } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

type Trace = Outputs['requests']['list']['rows'][number]

const everyMs = 3_000
const pageSize = 50
const gatewayStaleMs = 60_000

/** Requests through the gateway, newest first. */
export function RequestsPage() {
  const { t } = useLanguage()
  const [{ outcome, model, provider }, change] = useFilters(requestFilters)
  const client = useApiClient()
  const input = {
    pageSize,
    ...(outcome !== '' && { outcome }),
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(provider.trim() !== '' && { providerName: provider.trim() }),
  }
  const pages = usePages({
    key: ['requests', input],
    read: cursor => client.requests.list.query({ ...input, cursor }),
    everyMs,
  })
  const gateway = useQuery(useApi().gateway.get.queryOptions(undefined, { staleTime: gatewayStaleMs }))
  const nowMs = useNow(1_000)
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.requests')}</h1>
        <p className="title-note">{t('requests.note')}</p>
      </div>
      <div className="filter">
        <FilterChoice
          name={t('requests.outcome')}
          choices={outcomes}
          value={outcome}
          onChange={chosen => change({ outcome: chosen })}
          word={choice => t(`codes.outcomes.${choice}`)}
        />
        <FilterText name={t('common.model')} value={model} onChange={text => change({ model: text })} />
        <FilterText
          name={t('requests.servedBy')}
          value={provider}
          onChange={text => change({ provider: text })}
        />
      </div>
      <Paged
        what={t('requests.theRequests')}
        pages={pages}
        empty={
          <EmptyNotice title={t('requests.noMatch')}>
            {t.rich('requests.noMatchHint', {
              code,
              url: `${gateway.data?.url ?? '…'}/v1`,
              try: chunks => <Link href="/try">{chunks}</Link>,
            })}
          </EmptyNotice>
        }
      >
        {rows => <RequestTable rows={rows} nowMs={nowMs} />}
      </Paged>
    </>
  )
}

function RequestTable({ rows, nowMs }: { readonly rows: readonly Trace[]; readonly nowMs: number }) {
  const { t, amount, lengthOf, since } = useLanguage()
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('requests.received')}</th>
            <th scope="col">{t('common.model')}</th>
            <th scope="col">{t('requests.outcome')}</th>
            <th scope="col">{t('requests.servedBy')}</th>
            <th scope="col" className="number">
              {t('requests.attempts')}
            </th>
            <th scope="col" className="number">
              {t('requests.duration')}
            </th>
            <th scope="col" className="number">
              {t('shell.requests')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.requestId}>
              <td>
                <Link href={`/requests/${encodeURIComponent(row.requestId)}`} title={exactTime(row.at)}>
                  {since(row.at, nowMs)}
                </Link>
              </td>
              <td>{row.model}</td>
              <td>
                <OutcomeBadge outcome={row.outcome} code={row.code} />
              </td>
              <td>{row.providerName || '–'}</td>
              <td className="number">{row.attempts.length}</td>
              <td className="number">
                {row.durationMs < 1_000
                  ? t('formats.milliseconds', { count: String(row.durationMs) })
                  : lengthOf(row.durationMs)}
              </td>
              <td className="number">{amount(row.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
