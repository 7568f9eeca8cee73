import type { SubjectKinds } from '@quotakeeper/quota-core'
import type { KnownSettings } from './known-settings.js'
import type { RememberedState } from './remembered-state.js'

/** What a process remembers of the database. */
export interface Memory {
  readonly kinds: SubjectKinds
  /** To guess by: nothing is decided on it unless it is true under the locks. */
  readonly known: KnownSettings
  /** To decide on, where the write depends on its being true. */
  readonly remembered: RememberedState
}
