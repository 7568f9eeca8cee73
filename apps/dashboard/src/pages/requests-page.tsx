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
import { amount } from '../show/amounts.js'
import { exactTime, lengthOf, since } from '../show/instants.js'
import { outcomes, requestFilters } from '../show/page-filters.js'

type Trace = Outputs['requests']['list']['rows'][number]

const everyMs = 3_000
const pageSize = 50
const gatewayStaleMs = 60_000

/** Requests through the gateway, newest first. */
export function RequestsPage() {
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
        <h1>Requests</h1>
        <p className="title-note">Kept for 7 days. Prompts and answers are not stored.</p>
      </div>
      <div className="filter">
        <FilterChoice
          name="Outcome"
          choices={outcomes}
          value={outcome}
          onChange={chosen => change({ outcome: chosen })}
        />
        <FilterText name="Model" value={model} onChange={text => change({ model: text })} />
        <FilterText name="Served by" value={provider} onChange={text => change({ provider: text })} />
      </div>
      <Paged
        what="requests"
        pages={pages}
        empty={
          <EmptyNotice title="No request matches.">
            Point a client at the gateway, <code>{gateway.data?.url ?? '…'}/v1</code>, and its requests appear
            here. <Link href="/try">Try a call</Link>
          </EmptyNotice>
        }
      >
        {rows => <RequestTable rows={rows} nowMs={nowMs} />}
      </Paged>
    </>
  )
}

function RequestTable({ rows, nowMs }: { readonly rows: readonly Trace[]; readonly nowMs: number }) {
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Came</th>
            <th scope="col">Model</th>
            <th scope="col">Outcome</th>
            <th scope="col">Served by</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col" className="number">
              Duration
            </th>
            <th scope="col" className="number">
              Requests
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
                {row.durationMs < 1_000 ? `${row.durationMs} ms` : lengthOf(row.durationMs)}
              </td>
              <td className="number">{amount(row.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
