import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { StartupError } from '../lifecycle/startup-error.js'

/** Variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment variables of this process, completed from `.env` in the working directory; variables that are set
 * already take precedence. No other code reads them.
 * @throws StartupError if `.env` exists and cannot be read
 */
export function readEnvironment(): Environment {
  const file = resolve('.env')
  if (existsSync(file)) {
    try {
      process.loadEnvFile(file)
    } catch (cause) {
      throw new StartupError(`${file} cannot be read`, { cause })
    }
  }
  return { ...process.env }
}
