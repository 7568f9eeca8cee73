/** What the gateway says of itself, as far as clients must know it. */
export interface GatewayFacts {
  /** Without a slash or `/v1` at its end. */
  readonly url: string
  /** Whether calls need the gateway's token. */
  readonly needsToken: boolean
  /** What the client is to offer; the first is its default. At least one. */
  readonly models: readonly [string, ...string[]]
  /** Every name that can be called. */
  readonly served: readonly string[]
}

/** Where the client's files are. */
export interface Places {
  /** Absolute. */
  readonly home: string
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether a file is there. */
  exists(path: string): boolean
}

/** A file of the client, and what it becomes. */
export interface FileChange {
  /** Absolute. */
  readonly path: string
  /**
   * The file with the settings in it: everything else stays as it is, comments too.
   * @param text null where there is no file yet
   * @throws SyntaxError with line and column where the text is not what the client reads
   */
  merge(text: string | null): string
}

/** A variable that the client reads from its environment. */
export interface Variable {
  readonly name: string
  /** null: the gateway's token, which is written nowhere and shown to nobody. */
  readonly value: string | null
}

/** What makes a client use the gateway. */
export interface Setup {
  readonly files: readonly FileChange[]
  readonly variables: readonly Variable[]
  /** What a person has to do, a sentence each. */
  readonly steps: readonly string[]
}

/** A client that is known here. */
export interface KnownClient {
  /** As it is named on the command line. */
  readonly name: string
  readonly title: string
  /** The endpoint of the gateway that it calls. */
  readonly endpoint: '/v1/chat/completions' | '/v1/responses' | '/v1/messages'
  /** The names of models that come first, where none is asked for; absent: in the gateway's order. */
  readonly prefers?: RegExp
  setUp(facts: GatewayFacts, places: Places): Setup
}

/** The variable that holds the gateway's token, here and for clients that may name one. */
export const tokenVariable = 'QUOTA_GATEWAY_TOKEN'

/** What stands for a key where the gateway wants none and the client insists on one. */
export const noToken = 'unused'

/** The id under which the gateway stands in files of clients. */
export const providerId = 'quotakeeper'

/** The variable in which the client itself reads its key. */
export function keyVariable(name: string, { needsToken }: GatewayFacts): Variable {
  return { name, value: needsToken ? null : noToken }
}
