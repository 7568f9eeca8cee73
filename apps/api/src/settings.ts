import {
  defaultRetentionDays,
  longestDays,
  type RetentionDays,
  shortestLedgerDays,
} from '@quotakeeper/quota-core'
import type { PlaceRules } from './config/provider-places.js'
import type { Environment } from './env.js'
import { isLoopback } from './server/access/loopback.js'
import { StartupError } from './startup-error.js'

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug'] as const

/** Within the working directory. */
export const defaultDatabaseFolder = '.quotakeeper/data'
const defaultDatabaseUrl = `embedded:${defaultDatabaseFolder}`

/** What the environment says of how to serve. */
export interface Settings {
  /** `embedded:DIR`, `pglite:DIR`, `pglite:memory` or `postgres://…`. */
  readonly databaseUrl: string
  /** The configuration file that was asked for; null for the default one, if it is there. */
  readonly configPath: string | null
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly logLevel: (typeof logLevels)[number]
  readonly access: AccessSettings
  /** Where providers that are made over the API may be. */
  readonly places: PlaceRules
  /** How long the ledger's rows and the sums by hour are kept. */
  readonly retention: RetentionDays
}

/** Who may call. */
export interface AccessSettings {
  /** Null where none is needed to use the API. */
  readonly apiToken: string | null
  /** Null where none is needed to change settings. */
  readonly adminToken: string | null
  /** Names in lower case under which the server may be called, beside the loopback's. */
  readonly allowedHosts: readonly string[]
}

/**
 * Reads the settings. Absent and empty variables take their defaults.
 * @throws StartupError that names the variable
 */
export function parseSettings(environment: Environment): Settings {
  const read = (name: string): string | null => environment[name] || null
  const host = hostOf(read('QUOTA_API_HOST') ?? '127.0.0.1')
  const apiToken = tokenOf(environment, 'QUOTA_API_TOKEN')
  const adminToken = tokenOf(environment, 'QUOTA_ADMIN_TOKEN')
  refuseExposure({ host, apiToken, adminToken })
  return {
    databaseUrl: databaseUrlOf(read('QUOTA_DATABASE_URL') ?? defaultDatabaseUrl),
    configPath: read('QUOTA_CONFIG'),
    host,
    port: portOf(read('QUOTA_API_PORT') ?? '4000'),
    logLevel: logLevelOf(read('QUOTA_LOG_LEVEL') ?? 'info'),
    access: {
      apiToken,
      adminToken,
      allowedHosts: allowedHostsOf(read('QUOTA_API_ALLOWED_HOSTS') ?? '', host),
    },
    places: placesOf(read, adminToken),
    retention: retentionOf(read('QUOTA_LEDGER_DAYS'), read('QUOTA_HOURLY_DAYS')),
  }
}

function databaseUrlOf(text: string): string {
  if (/^(?:embedded:.|pglite:.|postgres(?:ql)?:\/\/)/.test(text)) return text
  // The value may hold a password: it is not repeated.
  throw new StartupError(
    'QUOTA_DATABASE_URL must be embedded:DIRECTORY, pglite:DIRECTORY, pglite:memory or postgres://…',
  )
}

function hostOf(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (/^[a-z0-9._:%-]+$/.test(host)) return host
  throw new StartupError(`QUOTA_API_HOST must be an address or a host name, without a port; it is "${text}"`)
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new StartupError(`QUOTA_API_PORT must be a port from 0 to 65535; it is "${text}"`)
}

function logLevelOf(text: string): Settings['logLevel'] {
  const level = logLevels.find(known => known === text)
  if (level !== undefined) return level
  throw new StartupError(`QUOTA_LOG_LEVEL must be one of ${logLevels.join(', ')}; it is "${text}"`)
}

function retentionOf(ledgerText: string | null, hourlyText: string | null): RetentionDays {
  const ledgerDays = daysOf(ledgerText) ?? defaultRetentionDays.ledgerDays
  if (!(ledgerDays >= shortestLedgerDays && ledgerDays <= longestDays)) {
    throw new StartupError(
      `QUOTA_LEDGER_DAYS must be whole days from ${shortestLedgerDays}, so that a month fits in, to ${longestDays}; it is "${ledgerText}"`,
    )
  }
  // A ledger that is kept for longer than sums by hour are by default takes these with it.
  const hourlyDays = daysOf(hourlyText) ?? Math.max(defaultRetentionDays.hourlyDays, ledgerDays)
  if (hourlyDays >= ledgerDays && hourlyDays <= longestDays) return { ledgerDays, hourlyDays }
  throw new StartupError(
    `QUOTA_HOURLY_DAYS must be whole days from ${ledgerDays}, as long as the ledger is kept, to ${longestDays}; it is "${hourlyText}"`,
  )
}

/** Null for none; NaN for anything but a whole number. */
function daysOf(text: string | null): number | null {
  return text === null ? null : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
}

/** Unless it is said, whoever shows the admin's token may name places, and without one nobody. */
function placesOf(read: (name: string) => string | null, adminToken: string | null): PlaceRules {
  const said = read('QUOTA_API_PROVIDER_PLACES')
  if (said !== null && said !== 'true' && said !== 'false') {
    throw new StartupError(`QUOTA_API_PROVIDER_PLACES must be true or false; it is "${said}"`)
  }
  const variables = (read('QUOTA_API_KEY_VARIABLES') ?? '').split(',').map(name => name.trim())
  const wrong = variables.find(name => !/^(?:[A-Za-z_*][A-Za-z0-9_*]{0,199}|)$/.test(name))
  if (wrong !== undefined) {
    throw new StartupError(
      `QUOTA_API_KEY_VARIABLES must be names of variables, by commas, * for anything; "${wrong}" is none`,
    )
  }
  return {
    isAllowed: said === null ? adminToken !== null : said === 'true',
    variables: variables.filter(name => name !== ''),
    ownPorts: [
      portOf(read('QUOTA_API_PORT') ?? '4000'),
      // The gateway's own check finds any other.
      Number(read('QUOTA_GATEWAY_PORT') ?? '4100'),
    ],
  }
}

function tokenOf(environment: Environment, name: string): string | null {
  const token = environment[name]
  if (token === undefined || token === '') return null
  if (/^[\x21-\x7e]{1,1000}$/.test(token)) return token
  throw new StartupError(`${name} must be at most 1000 printable ASCII characters without spaces`)
}

function allowedHostsOf(text: string, host: string): readonly string[] {
  const names = text.split(',').map(name => name.trim().toLowerCase())
  const wrong = names.find(name => !/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]|)$/.test(name))
  if (wrong !== undefined) {
    throw new StartupError(
      `QUOTA_API_ALLOWED_HOSTS must be host names without ports, by commas; "${wrong}" is none`,
    )
  }
  const own = host.includes(':') ? `[${host}]` : host
  return [...new Set([own, ...names.filter(name => name !== '')])]
}

function refuseExposure(access: {
  readonly host: string
  readonly apiToken: string | null
  readonly adminToken: string | null
}): void {
  const { host, apiToken, adminToken } = access
  if (apiToken !== null && apiToken === adminToken) {
    throw new StartupError(
      'QUOTA_ADMIN_TOKEN must differ from QUOTA_API_TOKEN, or users could change settings',
    )
  }
  if (isLoopback(host)) return
  const missing = [
    ...(apiToken === null ? ['QUOTA_API_TOKEN'] : []),
    ...(adminToken === null ? ['QUOTA_ADMIN_TOKEN'] : []),
  ]
  if (missing.length === 0) {
    refuseShortTokens({ QUOTA_API_TOKEN: apiToken, QUOTA_ADMIN_TOKEN: adminToken })
    return
  }
  throw new StartupError(
    `QUOTA_API_HOST=${host} can be reached from other machines: set ${missing.join(' and ')}, or listen on 127.0.0.1`,
  )
}

/** Shortest token that is asked for beyond loopback: 128 bits as `openssl rand -hex 16` prints them. */
const shortestToken = 32

function refuseShortTokens(tokens: Readonly<Record<string, string | null>>): void {
  const [short] = Object.entries(tokens).filter(([, token]) => (token ?? '').length < shortestToken)
  if (short === undefined) return
  throw new StartupError(
    `${short[0]} is shorter than ${shortestToken} characters, which others could guess: make one with "openssl rand -hex 32", or listen on 127.0.0.1`,
  )
}
