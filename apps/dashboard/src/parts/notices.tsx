import type { ReactNode } from 'react'
import { useNow } from '../data/use-now.js'
import { lengthOf } from '../show/instants.js'

/** An error: its message, and the API's code if it answered. */
export interface Fault {
  readonly message: string
  readonly data?: { readonly code?: string } | null | undefined
}

/** Shows the age of figures that cannot be refreshed; retries continue. */
export function StaleNotice({ updatedAtMs, error }: { readonly updatedAtMs: number; readonly error: Fault }) {
  const nowMs = useNow(1_000)
  return (
    <div className="notice notice-bad" role="alert">
      <strong>{faultTitle(error)}</strong>{' '}
      {updatedAtMs === 0
        ? `No data yet: ${error.message}.`
        : `These figures are ${lengthOf(nowMs - updatedAtMs)} old.`}{' '}
      Retrying …
    </div>
  )
}

function faultTitle({ data }: Fault): string {
  if (data?.code === undefined) return 'The API does not answer.'
  return data.code === 'SERVICE_UNAVAILABLE'
    ? 'The API answers, but its database does not.'
    : 'The API has failed.'
}

/** Shows that a part of the page could not be loaded. */
export function FailedNotice({
  what,
  error,
}: {
  readonly what: string
  readonly error: { readonly message: string }
}) {
  return (
    <div className="notice notice-bad" role="alert">
      <strong>{what} cannot be shown:</strong> {error.message}
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
  return (
    <p className="loading" role="status">
      Loading {what} …
    </p>
  )
}
