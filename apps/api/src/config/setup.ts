import type { Limit, PoolRequest, ProviderRequest } from '@quotakeeper/quota-core'

/** A request with every setting, so that settings removed from a file return to their defaults. */
type Complete<Request> = { readonly [Key in keyof Request]: Exclude<Request[Key], undefined> }

/** The desired providers and pools. */
export interface Setup {
  readonly pools: readonly Complete<PoolRequest>[]
  readonly providers: readonly Complete<ProviderRequest>[]
}

/** Defaults of the settings. */
export const defaultSettings = {
  timeZone: 'UTC',
  dayStartsAt: '00:00',
  monthStartsOn: 1,
  thresholdsPercent: [80, 90, 100],
  pool: null,
  models: ['*'],
  priority: 100,
  onExpiry: 'charge',
  metadata: {},
} as const

/** The limits of a preset, overridden by own limits with the same id and completed by others. */
export function withOwnLimits(preset: readonly Limit[], own: readonly Limit[]): readonly Limit[] {
  const ids = new Set(own.map(limit => limit.id))
  return [...preset.filter(limit => !ids.has(limit.id)), ...own]
}
