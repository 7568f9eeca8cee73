import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { usageFailure } from './failure.js'

/** Variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of this process, completed from `.env` in the working directory. `process.env` is not changed, so that
 * child processes read `.env` themselves.
 * @throws Failure if `.env` exists and cannot be read
 */
export function readEnvironment(): Environment {
  const file = resolve('.env')
  if (!existsSync(file)) return process.env
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...withoutEmpty(process.env) }
  } catch {
    throw usageFailure(`${file} cannot be read: fix its permissions, or remove it`)
  }
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}
