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

/**
 * Ignores that the owner of a change is not in use any more: removals that another starting replica has already made, and
 * changes of what somebody has removed meanwhile. Answers whether the change was made.
 */
export async function unlessGone(change: Promise<unknown>): Promise<boolean> {
  try {
    await change
    return true
  } catch (error) {
    const isGone = error instanceof QuotaError && unknownCodes.has(error.code)
    if (!isGone) throw error
    return false
  }
}

const ofOthers: ReadonlySet<QuotaError['code']> = new Set(['NAME_TAKEN', 'REVISION_CHANGED'])

/** Ignores that somebody else has made or changed an owner of this name, which stays as it is. */
export async function unlessChanged(change: Promise<unknown>): Promise<void> {
  try {
    await change
  } catch (error) {
    const isOfOthers = error instanceof QuotaError && ofOthers.has(error.code)
    if (!isOfOthers) throw error
  }
}

/** How often a change is made anew of what others change at the same time. */
const maxRevisions = 10

/**
 * Reads and changes again if others have changed the same since it was read.
 * @throws QuotaError REVISION_CHANGED if they do so each time; as the change does
 */
export async function onLatest<Result>(readAndChange: () => Promise<Result>): Promise<Result> {
  for (let times = 1; ; times++) {
    try {
      return await readAndChange()
    } catch (error) {
      const isStale = error instanceof QuotaError && error.code === 'REVISION_CHANGED'
      if (!isStale || times === maxRevisions) throw error
    }
  }
}
