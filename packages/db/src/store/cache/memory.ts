import type { KnownSettings } from './known-settings.js'
import type { RememberedState } from './remembered-state.js'

/** What a process remembers of the database. */
export interface Memory {
  /** To guess by: nothing is decided on it unless it is true under the locks. */
  readonly known: KnownSettings
  /** To decide on, where the write depends on its being true. */
  readonly remembered: RememberedState
}
