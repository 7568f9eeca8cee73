import type { Owner, Subject } from '@quotakeeper/quota-core'

/** A subject's settings, with its owner. */
export interface Settings {
  readonly subject: Subject
  readonly owner: Owner
}

/** Which write to a subject the cached state is of. */
export interface CachedRevision {
  /** By which attempts name the subject; 0 where there is none of the name. */
  id: number
  /** After the last write that this process knows of; null where there is no subject of the name. */
  revision: string | null
  /** Whether the tables of the cache hold what was true at that revision. */
  isCurrent: boolean
  /** How many batches under locks must find that no other process writes to the subject before it is decided on again. */
  batchesUntilUse: number
}

/** What a process has cached of one subject; its counters, cool-downs and pending attempts are in the cache's tables. */
export interface SubjectEntry {
  /** As last read, perhaps newer than the state; null where none were. Guesses go by them. */
  settings: Settings | null
  /** Whether a newer version is known to exist. */
  isSuperseded: boolean
  /** Null where no batch has loaded the state under locks. */
  state: CachedRevision | null
  /** How much is cached of single models. */
  modelSize: number
}
