import { isForeignPage, type PageHeaders } from '@quotakeeper/server-kit'

/** What of a request tells whether a foreign page sent it. */
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
 * Refuses what foreign pages make a browser send without asking first: POSTs as a form or as text, and anything from
 * an origin that is not ours, another port of this host included. Reads too: no page may see their answers, but
 * images, scripts and streams of any site would keep the database busy. A link may still open the page.
 * @param isPage whether the address is one of the page's, which hold no figures
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
  if (isRead || method === 'DELETE' || isJson(contentType)) return null
  return { status: 415, detail: 'send JSON, with "Content-Type: application/json"' }
}

/** Whether it opens a tab, and is no part of a page. */
function isNavigation({ origin, secFetchMode, secFetchDest }: RequestHeaders): boolean {
  return origin === undefined && secFetchMode === 'navigate' && secFetchDest === 'document'
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
