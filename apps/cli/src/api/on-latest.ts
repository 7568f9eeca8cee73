import { quotaCodeOf } from './to-failure.js'

/** As often as others may change the same before a command gives up. */
const maxTimes = 10

const changedMeanwhile: readonly (string | null)[] = ['REVISION_CHANGED', 'NAME_TAKEN']

/** The condition that an owner is as it was read: last changed then, or not there. */
export function asRead(owner: { readonly updatedAt: string } | undefined) {
  return owner === undefined ? ({ onlyIf: 'absent' } as const) : { expectedUpdatedAt: owner.updatedAt }
}

/**
 * Reads and changes again if others have changed the same since it was read, so that both changes are kept.
 * @throws errors of the API
 */
export async function onLatest<Result>(readAndChange: () => Promise<Result>): Promise<Result> {
  for (let times = 1; ; times++) {
    try {
      return await readAndChange()
    } catch (error) {
      if (!changedMeanwhile.includes(quotaCodeOf(error)) || times === maxTimes) throw error
    }
  }
}
