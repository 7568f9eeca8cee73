import type { z } from 'zod'
import { StartupError } from '../lifecycle/startup-error.js'
import type { Environment } from './env.js'

/** What may hold a password is never repeated. */
const secretName = /_(?:TOKEN|KEY|SECRET|URL)$/
const longestShown = 200

/**
 * Parses the variables that a schema names. Absent and empty ones take their defaults; others are left alone.
 *
 * @throws StartupError of one line that names each variable that is wrong, what it must be, and what it is unless that
 * is secret
 */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): z.output<Schema> {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  const parsed = schema.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.')
    return `${name} ${message}${shown(name, environment[name])}`
  })
  throw new StartupError(faults.join('; '))
}

function shown(name: string, value: string | undefined): string {
  if (value === undefined || secretName.test(name)) return ''
  return `; it is "${value.slice(0, longestShown).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}"`
}

/** The names under which a server may be called beside the loopback's: the address that it listens on, and those set. */
export function allowedHostsOf(host: string, names: readonly string[]): readonly string[] {
  // As they stand in a Host header.
  const own = host.includes(':') ? `[${host}]` : host
  return [...new Set([own, ...names])]
}
