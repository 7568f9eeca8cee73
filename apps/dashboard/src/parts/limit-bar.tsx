import { statusOf } from '@quotakeeper/quota-core/rules'
import type { LimitState } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'

/**
 * A limit as a bar: used, counted only by the vendor, held by calls in flight, left. Each part has a pattern besides
 * its colour, and a text describes the bar.
 */
export function LimitBar({ limit }: { readonly limit: LimitState }) {
  const { t, amountOf, measureWords } = useLanguage()
  const { metric, used, observed, held, remaining, max } = limit
  if (max === null) return <span className="bar-none">{t('limits.counted')}</span>
  const parts = [
    ['used', used, 'limits.partUsed'],
    ['observed', observed, 'limits.partObserved'],
    ['held', held, 'limits.partHeld'],
  ] as const
  const scale = Math.max(max, used + observed + held, 1)
  const reported = parts.flatMap(([, units, text]) =>
    units > 0 ? [t(text, { amount: amountOf(metric, units) })] : [],
  )
  const words = [
    ...reported,
    t('limits.left', {
      left: amountOf(metric, remaining),
      max: amountOf(metric, max),
      measure: measureWords(limit),
    }),
  ].join(t('formats.comma'))
  return (
    <span
      className="bar"
      data-status={statusOf(used + observed, max)}
      role="img"
      aria-label={words}
      title={words}
    >
      {parts.map(([name, units]) =>
        units > 0 ? (
          <span
            key={name}
            className={`bar-part bar-${name}`}
            style={{ width: `${(units / scale) * 100}%` }}
          />
        ) : null,
      )}
    </span>
  )
}

/** The legend of the bars. */
export function BarLegend() {
  const { t } = useLanguage()
  return (
    <ul className="legend" aria-label={t('limits.legend')}>
      {(
        [
          ['used', 'limits.legendUsed'],
          ['observed', 'limits.legendObserved'],
          ['held', 'limits.legendHeld'],
          ['left', 'limits.legendLeft'],
        ] as const
      ).map(([name, meaning]) => (
        <li key={name}>
          <span className={`swatch bar-${name}`} aria-hidden="true" />
          {t(meaning)}
        </li>
      ))}
    </ul>
  )
}
