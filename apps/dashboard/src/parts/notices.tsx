import type { ReactNode } from 'react'
import { useNow } from '../data/use-now.js'
import { lengthOf } from '../show/instants.js'

/** That figures are old, since the API does not answer; they are asked for again all the while. */
export function StaleNotice({ updatedAtMs, error }: { readonly updatedAtMs: number; readonly error: Error }) {
  const nowMs = useNow(1_000)
  return (
    <div className="notice notice-bad" role="alert">
      <strong>The API does not answer.</strong>{' '}
      {updatedAtMs === 0
        ? `Nothing is known yet: ${error.message}.`
        : `These figures are ${lengthOf(nowMs - updatedAtMs)} old.`}{' '}
      Trying again …
    </div>
  )
}

/** That a part of the page could not be read. */
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
      Reading {what} …
    </p>
  )
}
