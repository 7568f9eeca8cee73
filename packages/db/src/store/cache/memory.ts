import type { SubjectKinds } from '@quotakeeper/quota-core'
import type { SettingsCache } from './settings-cache.js'
import type { StateCache } from './state-cache.js'

/** What a process remembers of the database. */
export interface Memory {
  readonly kinds: SubjectKinds
  /** To guess by: nothing is decided on it unless it is true under the locks. */
  readonly known: SettingsCache
  /** To decide on, where the write depends on its being true. */
  readonly remembered: StateCache
}
