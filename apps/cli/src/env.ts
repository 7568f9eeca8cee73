import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { utf8Text } from '@quotakeeper/server-kit'
import { usageFailure } from './failure.js'

/** Variables by name. An empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of this process, completed from `.env` in the working directory. `process.env` is not changed, so that
 * child processes read `.env` themselves. It may be another program's: what Node.js leaves out of it is left out here.
 * @throws Failure if `.env` exists and cannot be read, or is not UTF-8
 */
export function readEnvironment(): Environment {
  const file = resolve('.env')
  if (!existsSync(file)) return process.env
  const text = utf8Text(readBytes(file))
  if (text === null) throw usageFailure(`${file} is not UTF-8 text: save it in that encoding, or remove it`)
  return { ...parseEnv(text), ...withoutEmpty(process.env) }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    throw usageFailure(`${file} cannot be read: fix its permissions, or remove it`)
  }
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}
