import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { FailedNotice, Loading } from '../parts/notices.js'
import { OutcomeBadge } from '../parts/outcome-badge.js'
import { RequestSteps } from '../parts/request-steps.js'
import { useLanguage } from '../texts/language-provider.js'

/** The trace of a request. */
export function RequestPage({ requestId }: { readonly requestId: string }) {
  const api = useApi()
  const { t } = useLanguage()
  const request = useQuery(api.requests.get.queryOptions({ requestId }))
  return (
    <>
      <p className="crumbs">
        <Link href="/requests">{t('shell.requests')}</Link> / <code>{requestId}</code>
      </p>
      {request.data !== undefined ? (
        <>
          <div className="title-row">
            <h1>{request.data.model}</h1>
            <OutcomeBadge outcome={request.data.outcome} code={request.data.code} />
          </div>
          <RequestSteps trace={request.data} />
        </>
      ) : (
        <>
          <h1>{t('requests.request')}</h1>
          {request.error === null ? (
            <Loading what={t('requests.theRequest')} />
          ) : (
            <FailedNotice what={t('requests.thisRequest')} error={request.error} />
          )}
        </>
      )}
    </>
  )
}
