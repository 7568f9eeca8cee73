import { defaultStrategy, type Strategy } from '@quotakeeper/quota-core'

/** The settings of routing that the configuration file or the API may make. */
export interface EditableRouting {
  readonly strategy: Strategy
  /** Longest time that a request waits for quota to return. */
  readonly maxWaitMs: number
  /** Aliases of lists of models, tried in order. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
}

/** Who has made a setting: the configuration file, somebody over the API, or nobody. */
export type RoutingOrigin = 'file' | 'api' | 'default'

/** Who has made each setting. */
export type RoutingOrigins = { readonly [Field in keyof EditableRouting]: RoutingOrigin }

/** The names of {@link EditableRouting}. */
export const routingFields = [
  'strategy',
  'maxWaitMs',
  'aliases',
] as const satisfies readonly (keyof EditableRouting)[]

/** Some of the settings; those left out are made elsewhere. */
export type SomeRouting = { readonly [Field in keyof EditableRouting]?: EditableRouting[Field] | undefined }

/** What the configuration file says of routing. */
export interface FileRouting extends SomeRouting {
  /** Where the end users of consumers are named: in the header, or in the request's body. */
  readonly endUserFrom?: 'header' | 'body' | undefined
}

/** The price of models that match a glob, in millionths of a US dollar. */
export interface ModelPrice {
  /** Glob of `vendor/model`; the most specific match applies. */
  readonly pattern: string
  /** Per million tokens. */
  readonly inputMicroUsd: number
  readonly outputMicroUsd: number
  /** Per million cached input tokens; the price of input unless configured. */
  readonly cachedInputMicroUsd: number
  /** Per million input tokens written to a cache; the price of input unless configured. */
  readonly cacheWriteMicroUsd: number
  /** Per request. */
  readonly requestMicroUsd: number
}

const defaults: EditableRouting = { strategy: defaultStrategy, maxWaitMs: 5_000, aliases: {} }

/** The settings in effect: the file's, else those made over the API, else the defaults. */
export function effectiveRouting(
  file: SomeRouting,
  stored: SomeRouting,
): EditableRouting & { readonly managedBy: RoutingOrigins } {
  return {
    strategy: file.strategy ?? stored.strategy ?? defaults.strategy,
    maxWaitMs: file.maxWaitMs ?? stored.maxWaitMs ?? defaults.maxWaitMs,
    aliases: file.aliases ?? stored.aliases ?? defaults.aliases,
    managedBy: {
      strategy: originOf('strategy', file, stored),
      maxWaitMs: originOf('maxWaitMs', file, stored),
      aliases: originOf('aliases', file, stored),
    },
  }
}

function originOf(field: keyof EditableRouting, file: SomeRouting, stored: SomeRouting): RoutingOrigin {
  if (file[field] !== undefined) return 'file'
  return stored[field] === undefined ? 'default' : 'api'
}
