import { statusOf } from '@quotakeeper/quota-core/rules'
import type { Total } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { small } from '../texts/tags.js'

/** The total left for each metric and window. */
export function Totals({ totals }: { readonly totals: readonly Total[] }) {
  const { t } = useLanguage()
  if (totals.length === 0) return null
  return (
    <section aria-labelledby="totals-title">
      <h2 id="totals-title" className="unseen">
        {t('overview.totals')}
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
  const { t, measureWords, percent, shortAmountOf } = useLanguage()
  const { metric, max, used, remaining } = total
  const share = max === 0 ? 0 : Math.max(0, max - used) / max
  return (
    <li className="total">
      <span className="total-name">{measureWords(total)}</span>
      <span className="total-share">{t.rich('overview.share', { share: percent(share), small })}</span>
      <span className="bar bar-large" data-status={statusOf(used, max)} aria-hidden="true">
        {share < 1 && <span className="bar-part bar-used" style={{ width: `${(1 - share) * 100}%` }} />}
      </span>
      <span className="total-figures">
        {t('overview.leftOf', { left: shortAmountOf(metric, remaining), max: shortAmountOf(metric, max) })}
      </span>
    </li>
  )
}
