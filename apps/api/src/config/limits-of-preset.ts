import { type Limit, limitsSchema, parse } from '@quotakeeper/quota-core'
import { presetLimits } from '@quotakeeper/vendors'

/** What a vendor's tier allows; no limits for an unknown name. */
export function limitsOfPreset(name: string): readonly Limit[] {
  return parse(limitsSchema, presetLimits(name)?.limits ?? [])
}
