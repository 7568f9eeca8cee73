import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Consumer } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
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
  const { t } = useLanguage()
  const { plan, models, providers, timeZone, dayStartsAt, monthStartsOn, thresholdsPercent } = consumer
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t('common.plan'),
      plan === null ? (
        t('common.none')
      ) : (
        <Link key="plan" href={`/consumers?${new URLSearchParams({ plan })}`}>
          {plan}
        </Link>
      ),
    ],
    [t('common.models'), models.join(', ')],
    ...(isOperator
      ? [[t('consumers.providers'), providers === null ? t('common.all') : providers.join(', ')] as const]
      : []),
    [t('consumers.itsDay'), t('consumers.dayFrom', { time: dayStartsAt, timeZone })],
    [t('consumers.itsMonth'), t('consumers.monthFrom', { day: String(monthStartsOn) })],
    [
      t('consumers.alertsAt'),
      thresholdsPercent
        .map(percent => t('consumers.percent', { percent: String(percent) }))
        .join(t('formats.listComma')) || t('common.none'),
    ],
    [t('consumers.reserves'), t(consumer.strict ? 'consumers.reservesAll' : 'consumers.reservesUsual')],
    ...(isOperator
      ? [[t('consumers.clientsSeeCosts'), t(consumer.showCost ? 'consumers.yes' : 'consumers.no')] as const]
      : []),
    [t('common.settingsBy'), t(`codes.managedBy.${consumer.managedBy === 'file' ? 'file' : 'api'}`)],
  ]
  return <Facts facts={facts} />
}
