import { Link } from 'wouter'
import type { Outputs } from '../data/api.js'
import { amountOf } from '../show/amounts.js'
import { exactTime } from '../show/instants.js'
import { StatusBadge } from './status-badge.js'
import { TableFrame } from './table-frame.js'

type AlertRow = Outputs['alerts']['list']['rows'][number]

const tones = { warning: 'warning', critical: 'critical', error: 'off' } as const

export function AlertTable({
  rows,
  withSubject = false,
}: {
  readonly rows: readonly AlertRow[]
  readonly withSubject?: boolean
}) {
  return (
    <TableFrame>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Raised</th>
            <th scope="col">Severity</th>
            {withSubject && <th scope="col">Of</th>}
            <th scope="col">Limit</th>
            <th scope="col" className="number">
              Reached
            </th>
            <th scope="col" className="number">
              Used
            </th>
            <th scope="col">Sent to</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td className="time">{exactTime(row.raisedAt)}</td>
              <td>
                <StatusBadge standing={{ tone: tones[row.severity], word: row.severity }} />
              </td>
              {withSubject && (
                <td>
                  {row.subject.kind === 'provider' ? (
                    <Link href={`/providers/${encodeURIComponent(row.subject.name)}`}>
                      {row.subject.name}
                    </Link>
                  ) : (
                    `pool ${row.subject.name}`
                  )}
                </td>
              )}
              {row.metric === null ? (
                <td colSpan={3}>{row.text}</td>
              ) : (
                <>
                  <td>
                    {row.limitId}
                    {row.model !== null && ` (${row.model})`}
                  </td>
                  <td className="number">
                    {row.thresholdPercent === null ? 'used elsewhere' : `${row.thresholdPercent} %`}
                  </td>
                  <td className="number">
                    {amountOf(row.metric, row.used)} of {amountOf(row.metric, row.max)}
                  </td>
                </>
              )}
              <td className="reported">{deliveriesOf(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function deliveriesOf({ deliveries }: AlertRow): string {
  if (deliveries.length === 0) return 'the log'
  return deliveries
    .map(({ channel, state, attempts, lastError }) => {
      if (state === 'delivered') return `${channel} ✓`
      const tries = `after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
      return state === 'dead' ? `${channel}: given up ${tries} (${lastError})` : `${channel}: in delivery`
    })
    .join(', ')
}
