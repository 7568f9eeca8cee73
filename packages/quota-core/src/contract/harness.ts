import type { Alert } from '../domain/alert.js'
import type { QuotaStore } from '../store.js'

/** What a case needs of the store to be tested. */
export interface StoreHarness {
  readonly store: QuotaStore
  /**
   * A text of letters, digits and `-`, another one for each run of a case: names and ids are made from
   * it, so that the store may hold whatever other cases have left.
   */
  readonly scope: string
  /** What the store has given to `onAlert` of its listener so far: a list that grows. */
  readonly heardAlerts: readonly Alert[]
  /**
   * Moves the store's clock, back where it is negative. A store whose clock cannot be moved (a database's) leaves it out,
   * and skips the cases that say `needsClock`.
   */
  readonly advance?: (ms: number) => void | Promise<void>
  /**
   * Opens another store on the same data, as a second process does; the case closes it. A store whose data nobody
   * else can reach (a process's memory) leaves it out, and skips the cases that say `needsBeside`.
   */
  readonly openBeside?: () => Promise<QuotaStore>
}
