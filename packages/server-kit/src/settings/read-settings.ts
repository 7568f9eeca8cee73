import type { z } from 'zod'
import { StartupError } from '../lifecycle/startup-error.js'
import type { Environment } from './environment.js'

/** Values of these variables may contain secrets and are never shown. */
const secretName = /_(?:TOKEN|KEY|SECRET|URL)$/
const longestShown = 200

/**
 * Parses the variables of a schema. Absent and empty ones take their defaults; others are ignored.
 *
 * @throws StartupError in one line with each wrong variable, what it must be, and its value unless that may be secret
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

/** The allowed host names in addition to loopback: the listening address and the configured names. */
export function allowedHostsOf(host: string, names: readonly string[]): readonly string[] {
  // In the format of a Host header.
  const own = host.includes(':') ? `[${host}]` : host
  return [...new Set([own, ...names])]
}
