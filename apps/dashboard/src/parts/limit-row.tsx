import type { LimitState } from '../data/api.js'
import { shortAmountOf } from '../show/amounts.js'
import { spentOf } from '../show/limits.js'
import { LimitBar } from './limit-bar.js'
import { LimitName } from './limit-name.js'

/** A limit in a list: its measure, its bar, and what is left. */
export function LimitRow({ limit }: { readonly limit: LimitState }) {
  const { metric, max, remaining } = limit
  return (
    <li className="limit">
      <LimitName limit={limit} />
      <LimitBar limit={limit} />
      <span className="limit-left">
        {max === null ? (
          shortAmountOf(metric, spentOf(limit))
        ) : (
          <>
            <strong>{shortAmountOf(metric, remaining ?? 0)}</strong> of {shortAmountOf(metric, max)}
          </>
        )}
      </span>
    </li>
  )
}
