import type { EndpointName } from './endpoint-names.js'

/** Where a fact was read, and when. */
export interface Source {
  readonly url: string
  /** `YYYY-MM-DD`: the day on which the page, or a dated copy of it, was looked at. */
  readonly lookedUpOn: string
}

/** The request header that carries the key: its value is `prefix` followed by the key. */
export interface KeyHeader {
  readonly name: string
  readonly prefix: string
}

/** Whose calls the vendor adds up: keys of one holder share one quota. */
export type QuotaHolder = 'key' | 'account' | 'organization' | 'project' | 'resource'

/** What is known of a vendor without calling it. */
export interface VendorFacts {
  /** The name in configuration and in `groq/MODEL`. */
  readonly name: string
  /** The name for people. */
  readonly title: string
  /**
   * What precedes `/chat/completions` and `/embeddings` in its OpenAI-compatible API, without a final
   * slash. Null where every user has an address of their own, or where there is no such API.
   */
  readonly chatBaseUrl: string | null
  /**
   * The endpoints that its documents name, beside chat completions and embeddings, which every vendor is asked for; `all`
   * where nothing is known. Only those in the form of OpenAI's, of Cohere's rerank or of Anthropic's Messages count.
   */
  readonly endpoints: readonly EndpointName[] | 'all'
  /** Where an endpoint is that is not at its usual path: relative to the base URL, `../` for what lies beside it. */
  readonly endpointPaths?: Readonly<Partial<Record<EndpointName, string>>>
  /** The endpoint in whose format it answers most fully, for clients of other formats; chat completions if left out. */
  readonly fullestEndpoint?: EndpointName
  /** Whether its chat completions take OpenAI's newer fields, such as `verbosity` and `prompt_cache_key`. False if left out. */
  readonly takesNewerFields?: boolean
  /** IANA zone of the day and month that its calendar quotas follow. */
  readonly timeZone: string
  /** Variables in which people keep the key, the preferred one first. Empty for `custom`. */
  readonly apiKeyEnv: readonly string[]
  readonly keyHeader: KeyHeader
  /** The header at endpoints that want the key in another. */
  readonly endpointKeyHeaders?: Readonly<Partial<Record<EndpointName, KeyHeader>>>
  /** Whether streaming requests may carry `stream_options: { include_usage: true }`. */
  readonly acceptsStreamOptions: boolean
  /** Whether a call that it refused counts in its quota of requests. False where it doesn't say. */
  readonly countsRefusals: boolean
  /** Whether cached input counts in its quota of tokens. */
  readonly countsCachedTokens: boolean
  /** Whether it sets the whole `max_tokens` of a request against the quota before it answers. */
  readonly reservesMaxTokens: boolean
  readonly quotaHolder: QuotaHolder
  /** `YYYY-MM-DD` when the service has ended for everyone; null while it runs. */
  readonly retiredOn: string | null
  readonly sources: readonly Source[]
}

/** `authorization: Bearer KEY`. */
export const bearer: KeyHeader = { name: 'authorization', prefix: 'Bearer ' }

/** `x-api-key: KEY`, as Anthropic's clients send it. */
export const anthropicKey: KeyHeader = { name: 'x-api-key', prefix: '' }
