import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { amount, dollars } from '../show/amounts.js'
import { exactTime } from '../show/instants.js'
import { TableFrame } from './table-frame.js'

type LedgerRow = Outputs['usage']['ledger']['rows'][number]

/** Ledger rows in the given order. */
export function LedgerTable({
  rows,
  withProvider = false,
}: {
  readonly rows: readonly LedgerRow[]
  readonly withProvider?: boolean
}) {
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">When</th>
            {withProvider && <th scope="col">Provider</th>}
            <th scope="col">Model</th>
            <th scope="col">For</th>
            <th scope="col">State</th>
            {['Requests', 'Characters', 'Input tokens', 'Output tokens', 'Cost'].map(name => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="time">
                {row.requestId === null ? (
                  exactTime(row.occurredAt)
                ) : (
                  <Link href={`/requests/${encodeURIComponent(row.requestId)}`}>
                    {exactTime(row.occurredAt)}
                  </Link>
                )}
              </td>
              {withProvider && <td>{row.providerName}</td>}
              <td>{row.model ?? '–'}</td>
              <td>{row.consumer ?? '–'}</td>
              <td>{stateOf(row)}</td>
              <td className="number">{amount(row.requestCount)}</td>
              <td className="number">{amount(row.characterCount)}</td>
              <td className="number">{amount(row.inputTokenCount)}</td>
              <td className="number">{amount(row.outputTokenCount)}</td>
              <td className="number">{row.costMicroUsd === 0 ? '–' : dollars(row.costMicroUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function stateOf({ kind, state, outcome, estimated }: LedgerRow): string {
  const name = kind === 'call' ? (outcome ?? state) : kind
  return estimated ? `${name}, estimated` : name
}
