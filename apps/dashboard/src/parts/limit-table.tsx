import { isRolling } from '@quotakeeper/quota-core/rules'
import type { LimitState } from '../data/api.js'
import { amountOf } from '../show/amounts.js'
import { clockTime, since, until } from '../show/instants.js'
import { keyOf } from '../show/limits.js'
import { BarLegend, LimitBar } from './limit-bar.js'
import { LimitName } from './limit-name.js'
import { TableFrame } from './table-frame.js'

/** All figures of limits; for providers with the vendor's beside ours. */
export function LimitTable({
  limits,
  nowMs,
  withVendor = true,
}: {
  readonly limits: readonly LimitState[]
  readonly nowMs: number
  readonly withVendor?: boolean
}) {
  return (
    <>
      <TableFrame>
        <table className="table limit-table">
          <thead>
            <tr>
              <th scope="col">Limit</th>
              <th scope="col">
                <span className="unseen">As a bar</span>
              </th>
              {['Used', 'Held', 'Left', 'Of'].map(name => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
              <th scope="col">When</th>
              {withVendor && <th scope="col">Vendor’s figures</th>}
            </tr>
          </thead>
          <tbody>
            {limits.map(limit => (
              <tr key={keyOf(limit)}>
                <th scope="row">
                  <LimitName limit={limit} />
                </th>
                <td className="bar-cell">
                  <LimitBar limit={limit} />
                </td>
                <td className="number">
                  {amountOf(limit.metric, limit.used)}
                  {limit.observed > 0 && <> + {amountOf(limit.metric, limit.observed)} reported</>}
                </td>
                <td className="number">{amountOf(limit.metric, limit.held)}</td>
                <td className="number">
                  <strong>{amountOf(limit.metric, limit.remaining)}</strong>
                </td>
                <td className="number">
                  {amountOf(limit.metric, limit.max)}
                  {limit.grants.map(({ amount, until: end }) => (
                    <small key={`${amount} ${end}`}>
                      {' '}
                      incl. {amountOf(limit.metric, amount)} granted until {clockTime(end, nowMs)}
                    </small>
                  ))}
                </td>
                <td className="reported">{whenOf(limit, nowMs)}</td>
                {withVendor && <td className="reported">{vendorText(limit, nowMs)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <BarLegend />
    </>
  )
}

function whenOf(
  { window, resetsAt, exhaustsAt, remaining, used, observed, held }: LimitState,
  nowMs: number,
): string {
  if (exhaustsAt != null && remaining !== null && remaining > 0)
    return `runs out ${clockTime(exhaustsAt, nowMs)} (${until(exhaustsAt, nowMs)})`
  if (resetsAt === null) return window === 'total' ? 'never resets' : ''
  const refills = isRolling(window)
  if (refills && used + observed + held === 0) return 'full'
  return `${refills ? 'full again' : 'resets'} ${clockTime(resetsAt, nowMs)} (${until(resetsAt, nowMs)})`
}

function vendorText({ metric, vendor }: LimitState, nowMs: number): string {
  if (vendor === null) return 'nothing yet'
  const { max, remaining, drift, reportedAt } = vendor
  const left = `${amountOf(metric, remaining)} of ${amountOf(metric, max)} left ${since(reportedAt, nowMs)}`
  if (drift === 0) return `${left}, as we counted`
  const size = amountOf(metric, Math.abs(drift))
  return `${left}; the vendor counted ${size} ${drift > 0 ? 'more' : 'less'} than we did`
}
