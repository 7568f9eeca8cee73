import type { Reason } from '@quotakeeper/quota-core'
import type { Family } from './figures.js'
import { CalendarQuota, type LeakyQuota, limitIdOf } from './vendor-quota.js'

/** A quota of a key, of an account shared by several keys, or of a consumer. */
export interface PlacedQuota {
  readonly scope: 'provider' | 'pool' | 'consumer'
  readonly name: string
  readonly quota: CalendarQuota | LeakyQuota
}

export function familyOf({ scope, quota }: PlacedQuota): Family {
  const family = quota instanceof CalendarQuota ? 'calendar' : 'rolling'
  return scope === 'consumer' ? `consumer ${family}` : family
}

/** Whether the reason of a denied call refers to this quota, if the call meets it. */
export function isAbout({ subject, limitId }: Reason, { scope, name, quota }: PlacedQuota): boolean {
  return subject.kind === scope && subject.name === name && limitId === limitIdOf(quota.rule)
}
