import { FailedAttempts } from '@quotakeeper/server-kit'
import type { AccessSettings } from '../../settings.js'
import { EndedSessions } from './ended-sessions.js'

/** Access settings, and this process's record of attempts. */
export interface Access extends AccessSettings {
  readonly attempts: FailedAttempts
  readonly ended: EndedSessions
  /** The installation's, the same on every replica. */
  readonly keySalt: string
}

/** Access with an empty record of attempts. */
export function accessOf(settings: AccessSettings, { keySalt }: Pick<Access, 'keySalt'>): Access {
  return { ...settings, keySalt, attempts: new FailedAttempts(), ended: new EndedSessions() }
}
