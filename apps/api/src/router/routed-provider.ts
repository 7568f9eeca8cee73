import type { ManagedBy, ProviderView } from '@quotakeeper/quota-core'
import { vendorFacts } from '@quotakeeper/vendors'
import { endpointsSchema } from '../config/place-schema.js'

/** A provider's settings for gateways. */
export interface RoutedProvider {
  readonly name: string
  readonly vendor: string
  readonly enabled: boolean
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  readonly priority: number
  readonly managedBy: ManagedBy
  /** Base URL before `/chat/completions`; null for the vendor's own. */
  readonly baseUrl: string | null
  /** Names of its key variables, in order of preference; empty if unknown. */
  readonly apiKeyEnv: readonly string[]
  /** The file of gateways with its key, instead of variables. */
  readonly apiKeyFile?: string
  /** Whether the configuration file names where its key is, which then takes precedence over an entered one. */
  readonly fileNamesKey?: true
  /** Whether to request usage in streams, by `stream_options`; absent: the vendor's default. */
  readonly streamUsage?: boolean
  /** Its endpoints; absent: the vendor's. */
  readonly endpoints?: readonly string[]
  /** Its pool; absent for none. */
  readonly pool?: string
}

/** Converts a provider's settings for gateways. */
export function routedProvider(provider: ProviderView): RoutedProvider {
  const { name, vendor, pool, enabled, models, priority, managedBy, metadata } = provider
  const { baseUrl, apiKeyEnv, streamUsage } = metadata
  // That of a provider that the file has left does not count.
  const apiKeyFile = managedBy === 'file' ? metadata['apiKeyFile'] : undefined
  const endpoints = endpointsSchema.safeParse(metadata['endpoints'])
  return {
    name,
    vendor,
    enabled,
    models,
    priority,
    managedBy,
    baseUrl: typeof baseUrl === 'string' ? baseUrl.replace(/\/+$/, '') : null,
    apiKeyEnv: typeof apiKeyEnv === 'string' ? [apiKeyEnv] : (vendorFacts(vendor)?.apiKeyEnv ?? []),
    ...(typeof apiKeyFile === 'string' ? { apiKeyFile } : {}),
    ...((managedBy === 'file' && typeof apiKeyEnv === 'string') || typeof apiKeyFile === 'string'
      ? { fileNamesKey: true }
      : {}),
    ...(typeof streamUsage === 'boolean' ? { streamUsage } : {}),
    ...(endpoints.success ? { endpoints: endpoints.data } : {}),
    ...(pool === null ? {} : { pool }),
  }
}
