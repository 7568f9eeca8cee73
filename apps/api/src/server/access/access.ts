import { FailedAttempts } from '@quotakeeper/server-kit'
import type { AccessSettings } from '../../settings.js'
import { EndedSessions } from './ended-sessions.js'

/** Access settings, and this process's record of attempts. */
export interface Access extends AccessSettings {
  readonly attempts: FailedAttempts
  readonly ended: EndedSessions
}

/** Access with an empty record of attempts. */
export function accessOf(settings: AccessSettings): Access {
  return { ...settings, attempts: new FailedAttempts(), ended: new EndedSessions() }
}
