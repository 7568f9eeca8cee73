import { v7 } from 'uuid'

const bytesOfId = 16
/** Random bytes of so many ids are asked of the system at once. */
const idsAtOnce = 256

/**
 * Makes ids of attempts: UUIDs of version 7, which begin with the time and so keep new ledger rows
 * together. Asking the system for the random bytes of each took an eighth of a busy process's time.
 */
export function attemptIds(): () => string {
  const random = new Uint8Array(bytesOfId * idsAtOnce)
  let next = random.length
  const rng = (): Uint8Array => {
    if (next === random.length) {
      crypto.getRandomValues(random)
      next = 0
    }
    next += bytesOfId
    return random.subarray(next - bytesOfId, next)
  }
  return () => v7({ rng })
}
