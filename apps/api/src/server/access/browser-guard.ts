import { isForeignPage, type PageHeaders } from '@quotakeeper/server-kit'

/** The headers that show whether a page of another origin sent a request. */
interface RequestHeaders extends PageHeaders {
  readonly method: string
  readonly secFetchMode: string | undefined
  readonly secFetchDest: string | undefined
  readonly contentType: string | undefined
}

/** Why a request is refused. */
export interface BrowserRefusal {
  readonly status: 403 | 415
  readonly detail: string
}

/**
 * Refuses requests that pages of other origins can make a browser send without a preflight: POSTs as a form or as text,
 * and anything from another origin, including another port of this host. Reads too: pages could not see the answers,
 * but images, scripts and streams would keep the database busy. Links may still open the dashboard.
 * @param isPage whether the address is part of the dashboard, which contains no figures
 */
export function refuseForeignPage(
  headers: RequestHeaders,
  { allowedHosts, isPage }: { readonly allowedHosts: readonly string[]; readonly isPage: boolean },
): BrowserRefusal | null {
  const { method, contentType } = headers
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && isPage && isNavigation(headers)) return null
  if (isForeignPage(headers, allowedHosts)) {
    return { status: 403, detail: 'cross-site requests are not allowed' }
  }
  // OPTIONS has neither a body nor an effect.
  if (isRead || method === 'DELETE' || method === 'OPTIONS' || isJson(contentType)) return null
  return { status: 415, detail: 'send JSON, with "Content-Type: application/json"' }
}

/** Whether the request is a top-level navigation. */
function isNavigation({ origin, secFetchMode, secFetchDest }: RequestHeaders): boolean {
  return origin === undefined && secFetchMode === 'navigate' && secFetchDest === 'document'
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
