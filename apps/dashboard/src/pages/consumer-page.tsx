import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import type { Session } from '../data/session.js'
import { useAncestors } from '../data/use-ancestors.js'
import { useNow } from '../data/use-now.js'
import { ConsumerActions } from '../parts/consumer-actions.js'
import { ConsumerFacts } from '../parts/consumer-facts.js'
import { ConsumerLimits } from '../parts/consumer-limits.js'
import { ConsumerLink, ConsumerList } from '../parts/consumer-list.js'
import { ConsumerTokens } from '../parts/consumer-tokens.js'
import { ConsumerUsage } from '../parts/consumer-usage.js'
import { EmptyNotice, FailedNotice, Loading, StaleNotice } from '../parts/notices.js'
import { StatusBadge } from '../parts/status-badge.js'
import { standingOf } from '../show/standing.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 2_000

interface ConsumerPageProps {
  readonly name: string
  readonly session: Session
}

/** The page of one consumer: its limits, those below it, what they spend, and its tokens. */
export function ConsumerPage({ name, session }: ConsumerPageProps) {
  const api = useApi()
  const nowMs = useNow()
  const language = useLanguage()
  const { t } = language
  const stats = useQuery(api.consumers.stats.queryOptions({ name }, { refetchInterval: everyMs }))
  const consumer = useQuery(api.consumers.get.queryOptions({ name }, { refetchInterval: 5 * everyMs }))
  const bound = session.consumer
  const ancestors = useAncestors({ name, parent: consumer.data?.parent ?? null }, bound)
  const crumbs = (
    <p className="crumbs">
      <Link href="/consumers">{t('shell.consumers')}</Link>
      {ancestors.map(ancestor => (
        <span key={ancestor}>
          {' '}
          / <ConsumerLink name={ancestor} />
        </span>
      ))}{' '}
      / {name}
    </p>
  )
  if (stats.data === undefined || consumer.data === undefined) {
    const error = stats.error ?? consumer.error
    const isUnknown = error?.data?.code === 'NOT_FOUND'
    return (
      <>
        {crumbs}
        {error === null ? (
          <>
            <h1>{name}</h1>
            <Loading what={name} />
          </>
        ) : isUnknown && name === bound ? (
          <Label name={name} session={session} />
        ) : (
          <>
            <h1>{name}</h1>
            {isUnknown ? (
              <EmptyNotice title={t('consumers.unknown', { name })}>
                <Link href="/consumers">{t('consumers.all')}</Link>
              </EmptyNotice>
            ) : (
              <FailedNotice what={name} error={error} />
            )}
          </>
        )}
      </>
    )
  }
  const standing = standingOf(language, stats.data, nowMs)
  // A token of a consumer changes the consumers below its own, not its own.
  const mayChange = session.mayChange || (session.mayManage && bound !== null && name !== bound)
  return (
    <>
      {crumbs}
      {stats.error !== null && <StaleNotice updatedAtMs={stats.dataUpdatedAt} error={stats.error} />}
      <div className="title-row">
        <h1>{name}</h1>
        <StatusBadge standing={standing} />
        {standing.when !== null && <span className="provider-when">{standing.when}</span>}
        {mayChange && <ConsumerActions consumer={consumer.data} />}
      </div>
      <ConsumerFacts consumer={consumer.data} isOperator={bound === null} />
      <ConsumerLimits consumer={consumer.data} stats={stats.data} nowMs={nowMs} />
      <section aria-labelledby="children">
        <h2 id="children">{t('consumers.belowIt')}</h2>
        <ConsumerList filter={{ parent: name }} empty={<p className="quiet">{t('common.noneSentence')}</p>} />
      </section>
      <ConsumerUsage name={name} isOperator={bound === null} />
      {session.mayManage && <ConsumerTokens name={name} mayAdminister={name !== bound} />}
    </>
  )
}

/** The consumer of a token, if it is not registered. */
function Label({ name, session }: ConsumerPageProps) {
  const { t } = useLanguage()
  return (
    <>
      <h1>{name}</h1>
      <EmptyNotice title={t('consumers.noLimits')}>{t('consumers.countedByName')}</EmptyNotice>
      <ConsumerUsage name={name} isOperator={false} />
      {session.mayManage && <ConsumerTokens name={name} mayAdminister={false} />}
    </>
  )
}
