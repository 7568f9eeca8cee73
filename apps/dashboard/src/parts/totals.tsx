import { measureWords, statusOf } from '@quotakeeper/quota-core/rules'
import type { Total } from '../data/api.js'
import { percent, shortAmountOf } from '../show/amounts.js'

/** The total left for each metric and window. */
export function Totals({ totals }: { readonly totals: readonly Total[] }) {
  if (totals.length === 0) return null
  return (
    <section aria-labelledby="totals-title">
      <h2 id="totals-title" className="unseen">
        Total left of all keys
      </h2>
      <ul className="totals">
        {totals.map(total => (
          <TotalCard key={`${total.metric}/${total.window}`} total={total} />
        ))}
      </ul>
    </section>
  )
}

function TotalCard({ total }: { readonly total: Total }) {
  const { metric, max, used, remaining } = total
  const share = max === 0 ? 0 : Math.max(0, max - used) / max
  return (
    <li className="total">
      <span className="total-name">{measureWords(total)}</span>
      <span className="total-share">
        {percent(share)} <small>left</small>
      </span>
      <span className="bar bar-large" data-status={statusOf(used, max)} aria-hidden="true">
        {share < 1 && <span className="bar-part bar-used" style={{ width: `${(1 - share) * 100}%` }} />}
      </span>
      <span className="total-figures">
        {shortAmountOf(metric, remaining)} of {shortAmountOf(metric, max)}
      </span>
    </li>
  )
}
