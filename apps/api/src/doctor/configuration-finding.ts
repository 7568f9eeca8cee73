import { findConfig } from '../config/configure.js'
import { type Finding, messageOf } from './finding.js'

/** Whether a start would take the configuration file as it is now; null for the default one, where it is there. */
export function configurationFinding(configPath: string | null): Finding {
  const about = 'configuration'
  try {
    return { about, found: findConfig(configPath)?.path ?? 'none, so sample providers', remedy: null }
  } catch (error) {
    return {
      about,
      found: messageOf(error),
      remedy: 'mend it before the next start, which would not come about',
    }
  }
}
