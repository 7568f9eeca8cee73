import { measureWords } from '@quotakeeper/quota-core/rules'
import type { LimitState } from '../data/api.js'
import { detailsOf } from '../show/limits.js'

/** The measure of a limit, and its details. */
export function LimitName({ limit }: { readonly limit: LimitState }) {
  return (
    <span className="limit-name">
      {measureWords(limit)}
      {detailsOf(limit).map(detail => (
        <span key={detail} className="tag">
          {detail}
        </span>
      ))}
    </span>
  )
}
