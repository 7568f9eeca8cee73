import { isAllowedHost } from './host-guard.js'

/** What of a request tells whether a foreign page sent it. */
interface RequestHeaders {
  readonly method: string
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  readonly contentType: string | undefined
}

/** Why a request is refused. */
export interface BrowserRefusal {
  readonly status: 403 | 415
  readonly detail: string
}

/**
 * Refuses what a foreign page can make a browser send without asking first: POSTs as a form or as text,
 * and anything from an origin that is not ours. Reads are harmless, since no page may see the answer.
 */
export function refuseForeignPage(
  { method, origin, secFetchSite, contentType }: RequestHeaders,
  allowedHosts: readonly string[],
): BrowserRefusal | null {
  if (method === 'GET' || method === 'HEAD') return null
  if (secFetchSite === 'cross-site' || !isOwnOrigin(origin, allowedHosts)) {
    return { status: 403, detail: 'pages of other sites may not change anything here' }
  }
  if (method === 'DELETE' || isJson(contentType)) return null
  return { status: 415, detail: 'send JSON, with "Content-Type: application/json"' }
}

function isOwnOrigin(origin: string | undefined, allowedHosts: readonly string[]): boolean {
  if (origin === undefined) return true
  return URL.canParse(origin) && isAllowedHost(new URL(origin).host, allowedHosts)
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
