import type { Alert } from '../domain/alert.js'
import type { QuotaStore } from '../store.js'

/** The store under test, as a case needs it. */
export interface StoreHarness {
  readonly store: QuotaStore
  /**
   * A text of letters, digits and `-`, unique for each run of a case. Names and ids derive from it, so that cases can
   * share a store.
   */
  readonly scope: string
  /** Every alert passed to the listener's `onAlert` so far; grows. */
  readonly heardAlerts: readonly Alert[]
  /**
   * Moves the store's clock; negative moves it back. Omit it for a store whose clock cannot be moved (a database's),
   * and skip the cases with `needsClock`.
   */
  readonly advance?: (ms: number) => void | Promise<void>
  /**
   * Opens another store on the same data, as a second process does; the case closes it. Omit it for a store with
   * private data (a process's memory), and skip the cases with `needsBeside`.
   */
  readonly openBeside?: () => Promise<QuotaStore>
}
