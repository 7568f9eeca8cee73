import type {
  ConsumerRequest,
  Limit,
  PlanRequest,
  PoolRequest,
  ProviderRequest,
} from '@quotakeeper/quota-core'

/** A request with every setting, so that settings removed from a file return to their defaults. */
type Complete<Request> = {
  readonly [Key in keyof Omit<Request, 'onlyIf' | 'expectedUpdatedAtMs'>]: Exclude<
    Request[Key & keyof Request],
    undefined
  >
}

/** A consumer of a file. Whether it is enabled is never the file's. */
export type ConsumerSetup = Complete<Omit<ConsumerRequest, 'enabled'>>

/** The desired providers, pools, plans and consumers. */
export interface Setup {
  readonly pools: readonly Complete<PoolRequest>[]
  readonly providers: readonly Complete<ProviderRequest>[]
  readonly plans: readonly PlanRequest[]
  /** Parents before their children. */
  readonly consumers: readonly ConsumerSetup[]
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
  consumers: null,
  metadata: {},
} as const

/** The limits of a preset, overridden by own limits with the same id and completed by others. */
export function withOwnLimits(preset: readonly Limit[], own: readonly Limit[]): readonly Limit[] {
  const ids = new Set(own.map(limit => limit.id))
  return [...preset.filter(limit => !ids.has(limit.id)), ...own]
}
