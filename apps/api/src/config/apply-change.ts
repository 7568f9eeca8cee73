import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { Log } from '../log.js'

/** Where a setup is applied, and the log for what could not be. */
export interface Target {
  readonly service: QuotaService
  readonly log: Log
}

/** The actor of changes by the configuration file. */
export const byFile = { actor: 'file', managedBy: 'file' } as const

/** Skips and logs a change blocked by calls in flight or by other members. */
export async function orLater(what: string, change: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await change()
  } catch (error) {
    if (!(error instanceof QuotaError && error.code === 'IN_USE')) throw error
    log.error({ reason: error.message }, `${what}: the changed configuration is applied at the next start`)
  }
}

const unknownCodes: ReadonlySet<QuotaError['code']> = new Set([
  'UNKNOWN_PROVIDER',
  'UNKNOWN_POOL',
  'UNKNOWN_CONSUMER',
  'UNKNOWN_PLAN',
])

/** Ignores removals that another starting replica has already made. */
export async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    const isGone = error instanceof QuotaError && unknownCodes.has(error.code)
    if (!isGone) throw error
  }
}
