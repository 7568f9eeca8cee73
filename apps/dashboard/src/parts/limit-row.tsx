import type { LimitState } from '../data/api.js'
import { spentOf } from '../show/limits.js'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'
import { LimitBar } from './limit-bar.js'
import { LimitName } from './limit-name.js'

/** A limit in a list: its measure, its bar, and what is left. */
export function LimitRow({ limit }: { readonly limit: LimitState }) {
  const { t, shortAmountOf } = useLanguage()
  const { metric, max, remaining } = limit
  return (
    <li className="limit">
      <LimitName limit={limit} />
      <LimitBar limit={limit} />
      <span className="limit-left">
        {max === null
          ? shortAmountOf(metric, spentOf(limit))
          : t.rich('limits.leftOf', {
              strong,
              left: shortAmountOf(metric, remaining ?? 0),
              max: shortAmountOf(metric, max),
            })}
      </span>
    </li>
  )
}
