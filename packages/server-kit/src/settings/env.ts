import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { readDotenv } from './dotenv.js'
import type { Environment } from './environment.js'

/** The file with variables, in the working directory. */
export const dotenvFile = '.env'

/**
 * The environment variables of this process, completed from `.env` in the working directory; variables that are set
 * already take precedence. No other code reads them.
 * @throws StartupError if `.env` exists and cannot be read, with a line for each fault
 */
export function readEnvironment(): Environment {
  const file = resolve(dotenvFile)
  if (existsSync(file)) {
    readDotenv(file)
    // Libraries read variables of their own, such as PGSSLMODE.
    process.loadEnvFile(file)
  }
  return { ...process.env }
}
