import { FailedAttempts } from '@quotakeeper/server-kit'
import type { AccessSettings } from '../../settings.js'
import { EndedSessions } from './ended-sessions.js'

/** Who may call, and what this process knows of who has tried. */
export interface Access extends AccessSettings {
  readonly attempts: FailedAttempts
  readonly ended: EndedSessions
}

/** The settings, with nobody known yet. */
export function accessOf(settings: AccessSettings): Access {
  return { ...settings, attempts: new FailedAttempts(), ended: new EndedSessions() }
}
