import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { StartupError } from '../lifecycle/startup-error.js'

/** Variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of this process, after those of `.env` in the working directory have joined them: what
 * is set already wins. Nothing else reads them.
 * @throws StartupError when `.env` is there and cannot be read
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
