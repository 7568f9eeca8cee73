import { measureWords, statusOf } from '@quotakeeper/quota-core/rules'
import type { LimitState } from '../data/api.js'
import { amountOf } from '../show/amounts.js'

/**
 * A limit as a bar: used, counted only by the vendor, held by calls in flight, left. Each part has a pattern besides
 * its colour, and a text describes the bar.
 */
export function LimitBar({ limit }: { readonly limit: LimitState }) {
  const { metric, used, observed, held, remaining, max } = limit
  if (max === null) return <span className="bar-none">counted, without a limit</span>
  const parts = [
    ['used', used],
    ['observed', observed],
    ['held', held],
  ] as const
  const scale = Math.max(max, used + observed + held, 1)
  const reported = parts.flatMap(([name, units]) => (units > 0 ? [`${amountOf(metric, units)} ${name}`] : []))
  const words = [
    ...reported,
    `${amountOf(metric, remaining)} left of ${amountOf(metric, max)} ${measureWords(limit)}`,
  ]
  return (
    <span
      className="bar"
      data-status={statusOf(used + observed, max)}
      role="img"
      aria-label={words.join(', ')}
      title={words.join(', ')}
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
  return (
    <ul className="legend" aria-label="Parts of the bars">
      {(
        [
          ['used', 'used'],
          ['observed', 'counted only by the vendor'],
          ['held', 'held by calls in flight'],
          ['left', 'left'],
        ] as const
      ).map(([name, meaning]) => (
        <li key={name}>
          <span className={`swatch bar-${name}`} aria-hidden="true" />
          {meaning}
        </li>
      ))}
    </ul>
  )
}
