import type { EndpointName } from './endpoint-names.js'

/** Where a fact was read, and when. */
export interface Source {
  readonly url: string
  /** `YYYY-MM-DD`: the day on which the page, or a dated copy, was read. */
  readonly lookedUpOn: string
}

/** The request header for the key; its value is `prefix` followed by the key. */
export interface KeyHeader {
  readonly name: string
  readonly prefix: string
}

/** Whose calls share one quota at the vendor. */
export type QuotaHolder = 'key' | 'account' | 'organization' | 'project' | 'resource'

/** Facts about a vendor, known without calling it. */
export interface VendorFacts {
  /** Name in the configuration and in `groq/MODEL`. */
  readonly name: string
  /** Display name. */
  readonly title: string
  /**
   * Base URL of its OpenAI-compatible API, before `/chat/completions`, without a final slash. Null if every user has
   * their own address, or if there is no such API.
   */
  readonly chatBaseUrl: string | null
  /**
   * The documented endpoints in formats that the gateway serves, in addition to chat completions and embeddings, which
   * every vendor is assumed to have. If they are unknown, `all`: every endpoint except Gemini's own.
   */
  readonly endpoints: readonly EndpointName[] | 'all'
  /** Paths of endpoints that are not at their default path: relative to the base URL, with `../` for its parent and `{model}` for the model. */
  readonly endpointPaths?: Readonly<Partial<Record<EndpointName, string>>>
  /** The endpoint in whose format it answers most completely, for clients of other formats; chat completions if left out. */
  readonly fullestEndpoint?: EndpointName
  /** Whether its chat completions accept OpenAI's newer fields, such as `verbosity` and `prompt_cache_key`. False if left out. */
  readonly takesNewerFields?: boolean
  /** IANA zone of the days and months of its calendar quotas. */
  readonly timeZone: string
  /** Environment variables commonly used for the key, the preferred one first. Empty for `custom`. */
  readonly apiKeyEnv: readonly string[]
  readonly keyHeader: KeyHeader
  /** The header at endpoints that want the key in another. */
  readonly endpointKeyHeaders?: Readonly<Partial<Record<EndpointName, KeyHeader>>>
  /** Whether streaming requests may carry `stream_options: { include_usage: true }`. */
  readonly acceptsStreamOptions: boolean
  /** Whether refused calls count in its quota of requests. False if undocumented. */
  readonly countsRefusals: boolean
  /** Whether cached input counts in its quota of tokens. */
  readonly countsCachedTokens: boolean
  /** Whether it reserves the whole `max_tokens` of a request before it answers. */
  readonly reservesMaxTokens: boolean
  readonly quotaHolder: QuotaHolder
  /** `YYYY-MM-DD` when the service ended for everyone; null while it runs. */
  readonly retiredOn: string | null
  /** Its name in the bundled table of list prices; null if it is not there. */
  readonly priceTable: string | null
  /** Globs of models that cost nothing at this vendor; none if left out. */
  readonly freeModels?: readonly string[]
  readonly sources: readonly Source[]
}

/** `authorization: Bearer KEY`. */
export const bearer: KeyHeader = { name: 'authorization', prefix: 'Bearer ' }

/** `x-api-key: KEY`, as Anthropic's clients send it. */
export const anthropicKey: KeyHeader = { name: 'x-api-key', prefix: '' }

/** `x-goog-api-key: KEY`, as Google's clients send it. */
const googleKey: KeyHeader = { name: 'x-goog-api-key', prefix: '' }

/** The headers at the endpoints of Gemini's own API. */
export const geminiKeyHeaders: Readonly<
  Record<'generateContent' | 'streamGenerateContent' | 'countTokens', KeyHeader>
> = {
  generateContent: googleKey,
  streamGenerateContent: googleKey,
  countTokens: googleKey,
}
