import type { SubjectRef } from '@quotakeeper/quota-core'
import type { RevisedSubject } from '../statements/subjects.js'
import type { Loaded } from './load-state.js'

/** The state of some subjects under their locks. */
export interface Locked extends Loaded {
  /** Subjects whose settings have changed since they were last read, so that they must be read again. */
  readonly changed: readonly SubjectRef[]
  /** The subjects, with their revisions. */
  readonly revised: readonly RevisedSubject[]
}
