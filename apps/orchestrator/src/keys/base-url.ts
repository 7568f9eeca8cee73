import type { Environment } from '@quotakeeper/server-kit'
import { baseUrlVariable, isMetadataHost, isThisMachine, vendorFacts } from '@quotakeeper/vendors'

/** Where this gateway listens. */
export interface OwnAddress {
  readonly host: string
  readonly port: number
}

/** A vendor's address, or why it is invalid. The path has no final slash; the query includes `?`. */
export type FoundBaseUrl =
  | { readonly found: true; readonly origin: string; readonly path: string; readonly query: string }
  | { readonly found: false; readonly reason: string }

/**
 * Finds the base URL before `/chat/completions`: the provider's own, else that of `GROQ_BASE_URL` and the like, else
 * the vendor's.
 *
 * @param question.own this gateway's address, which would loop: OPENAI_BASE_URL has it if OpenAI's clients are
 * configured for the gateway
 */
export function findBaseUrl(question: {
  readonly vendor: string
  /** Null without one. */
  readonly baseUrl: string | null
  readonly environment: Environment
  readonly own: OwnAddress
}): FoundBaseUrl {
  const { vendor, baseUrl, environment, own } = question
  const variable = baseUrlVariable(vendor)
  const fromEnvironment = environment[variable] || null
  const source = baseUrl !== null ? 'baseUrl' : fromEnvironment !== null ? variable : vendor
  const text = baseUrl ?? fromEnvironment ?? vendorFacts(vendor)?.chatBaseUrl ?? null
  if (text === null) return { found: false, reason: `it has no baseUrl, and ${variable} is not set` }
  if (!URL.canParse(text)) return { found: false, reason: `${source} is not a URL` }
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return { found: false, reason: `${source} is not an http or https URL without credentials` }
  }
  if (isMetadataHost(url.hostname)) {
    return { found: false, reason: `${source} is link-local or a metadata service: not a vendor’s address` }
  }
  if (isOwn(url, own)) return { found: false, reason: `${source} points to this gateway itself` }
  return { found: true, origin: url.origin, path: url.pathname.replace(/\/+$/, ''), query: url.search }
}

function isOwn(url: URL, own: OwnAddress): boolean {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return port === own.port && (isThisMachine(url.hostname) || url.hostname === own.host)
}
