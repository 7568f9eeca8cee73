import { type Limit, limitsSchema, parse } from '@quotakeeper/quota-core'
import { presetLimits } from '@quotakeeper/vendors'

/** The limits of a vendor's tier; empty for an unknown name. */
export function limitsOfPreset(name: string): readonly Limit[] {
  return parse(limitsSchema, presetLimits(name)?.limits ?? [])
}
