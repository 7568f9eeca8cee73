import type { Limit, PoolRequest, ProviderRequest } from '@quotakeeper/quota-core'

/** A request with every setting said, so that what a file no longer says goes back to its default. */
type Complete<Request> = { readonly [Key in keyof Request]: Exclude<Request[Key], undefined> }

/** The providers and pools that are to be. */
export interface Setup {
  readonly pools: readonly Complete<PoolRequest>[]
  readonly providers: readonly Complete<ProviderRequest>[]
}

/** What holds where nothing else is said. */
export const defaultSettings = {
  timeZone: 'UTC',
  dayStartsAt: '00:00',
  thresholdsPercent: [80, 90, 100],
  pool: null,
  models: ['*'],
  priority: 100,
  onExpiry: 'charge',
  metadata: {},
} as const

/** Limits of a preset, completed and overruled by one's own of the same id. */
export function withOwnLimits(preset: readonly Limit[], own: readonly Limit[]): readonly Limit[] {
  const ids = new Set(own.map(limit => limit.id))
  return [...preset.filter(limit => !ids.has(limit.id)), ...own]
}
