import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Consumer } from '../data/api.js'
import { Facts } from './facts.js'

/** The settings of a consumer. */
export function ConsumerFacts({
  consumer,
  isOperator,
}: {
  readonly consumer: Consumer
  /** Whether providers are shown. */
  readonly isOperator: boolean
}) {
  const { plan, models, providers, timeZone, dayStartsAt, monthStartsOn, thresholdsPercent } = consumer
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      'Plan',
      plan === null ? (
        'none'
      ) : (
        <Link key="plan" href={`/consumers?${new URLSearchParams({ plan })}`}>
          {plan}
        </Link>
      ),
    ],
    ['Models', models.join(', ')],
    ...(isOperator ? [['Providers', providers === null ? 'all' : providers.join(', ')] as const] : []),
    ['Its day', `from ${dayStartsAt}, ${timeZone}`],
    ['Its month', `from day ${monthStartsOn}`],
    ['Alerts at', thresholdsPercent.map(percent => `${percent} %`).join(', ') || 'none'],
    ['Reserves', consumer.strict ? 'all output that a call requests' : 'the usual output'],
    ...(isOperator ? [['Its clients see costs', consumer.showCost ? 'yes' : 'no'] as const] : []),
    ['Settings by', consumer.managedBy === 'file' ? 'the configuration file' : 'the API'],
  ]
  return <Facts facts={facts} />
}
