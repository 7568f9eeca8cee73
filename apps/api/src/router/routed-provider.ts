import type { ManagedBy, ProviderView } from '@quotakeeper/quota-core'
import { vendorFacts } from '@quotakeeper/vendors'
import { endpointsSchema } from '../config/place-schema.js'

/** How to reach a provider. */
export interface RoutedProvider {
  readonly name: string
  readonly vendor: string
  readonly enabled: boolean
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  readonly priority: number
  readonly managedBy: ManagedBy
  /** What precedes `/chat/completions`; null for the vendor's own address. */
  readonly baseUrl: string | null
  /** Names of the variables that may hold its key, in order of preference; empty where none is known. */
  readonly apiKeyEnv: readonly string[]
  /** Whether its streams are asked for usage, by `stream_options`; absent: as its vendor is known to take it. */
  readonly streamUsage?: boolean
  /** The endpoints that it has; absent: those that its vendor is known to have. */
  readonly endpoints?: readonly string[]
  /** The pool whose quota it shares; absent without one. */
  readonly pool?: string
}

/** The provider's settings, as a router of calls needs them. */
export function routedProvider(provider: ProviderView): RoutedProvider {
  const { name, vendor, pool, enabled, models, priority, managedBy, metadata } = provider
  const { baseUrl, apiKeyEnv, streamUsage } = metadata
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
    ...(typeof streamUsage === 'boolean' ? { streamUsage } : {}),
    ...(endpoints.success ? { endpoints: endpoints.data } : {}),
    ...(pool === null ? {} : { pool }),
  }
}
