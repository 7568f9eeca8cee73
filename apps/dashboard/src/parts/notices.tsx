import type { ReactNode } from 'react'
import { useNow } from '../data/use-now.js'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'
import type { Translate } from '../texts/translate.js'

/** An error: its message, and the API's code if it answered. */
export interface Fault {
  readonly message: string
  readonly data?: { readonly code?: string } | null | undefined
}

/** Shows the age of figures that cannot be refreshed; retries continue. */
export function StaleNotice({ updatedAtMs, error }: { readonly updatedAtMs: number; readonly error: Fault }) {
  const nowMs = useNow(1_000)
  const { t, lengthOf } = useLanguage()
  const title = faultTitle(t, error)
  return (
    <div className="notice notice-bad" role="alert">
      {updatedAtMs === 0
        ? t.rich('notices.noData', { strong, title, message: error.message })
        : t.rich('notices.old', { strong, title, age: lengthOf(nowMs - updatedAtMs) })}
    </div>
  )
}

function faultTitle(t: Translate, { data }: Fault): string {
  if (data?.code === undefined) return t('notices.noAnswer')
  return t(data.code === 'SERVICE_UNAVAILABLE' ? 'notices.noDatabase' : 'notices.apiFailed')
}

/** Shows that a part of the page could not be loaded. */
export function FailedNotice({
  what,
  error,
}: {
  readonly what: string
  readonly error: { readonly message: string }
}) {
  const { t } = useLanguage()
  return (
    <div className="notice notice-bad" role="alert">
      {t.rich('notices.failed', { strong, what, message: error.message })}
    </div>
  )
}

export function EmptyNotice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <div>{children}</div>
    </div>
  )
}

export function Loading({ what }: { readonly what: string }) {
  const { t } = useLanguage()
  return (
    <p className="loading" role="status">
      {t('notices.loading', { what })}
    </p>
  )
}
