import {
  defaultRetentionDays,
  longestDays,
  type RetentionDays,
  shortestLedgerDays,
} from '@quotakeeper/quota-core'
import {
  allowedHostsOf,
  choiceSetting,
  type Environment,
  hostListSetting,
  hostSetting,
  type LogLevel,
  logLevels,
  pathPrefixSetting,
  portSetting,
  readVariables,
  refuseExposure,
  StartupError,
  switchSetting,
  textList,
  tokenSetting,
} from '@quotakeeper/server-kit'
import { z } from 'zod'
import { hasNoCredentials } from './config/place-schema.js'
import type { PlaceRules } from './config/provider-places.js'
import type { GatewayPlace } from './gateway/gateway-calls.js'
import { defaultMaxConsumers } from './metrics/api-metrics.js'

/** Relative to the working directory. */
export const defaultDatabaseFolder = '.quotakeeper/data'
const defaultDatabaseUrl = `embedded:${defaultDatabaseFolder}`

/** Settings from the environment. */
export interface Settings {
  /** `embedded:DIR`, `pglite:DIR`, `pglite:memory` or `postgres://…`. */
  readonly databaseUrl: string
  /** The given configuration file; null for the default one, if it exists. */
  readonly configPath: string | null
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly logLevel: LogLevel
  readonly access: AccessSettings
  /** The path under which a proxy serves the page and the API, `/quota`; '' for the root. */
  readonly pathPrefix: string
  /** Where the dashboard's calls to the gateway go. */
  readonly gateway: GatewayPlace
  /** Rules for providers created over the API. */
  readonly places: PlaceRules
  /** Retention of ledger rows and hourly sums. */
  readonly retention: RetentionDays
  /** Most consumers with gauges of their own; the others are summed. */
  readonly maxConsumersInMetrics: number
}

/** Access settings. */
export interface AccessSettings {
  /** Null if the API needs no token. */
  readonly apiToken: string | null
  /** Null if changes need no token. */
  readonly adminToken: string | null
  /** Allowed host names in lower case, in addition to loopback. */
  readonly allowedHosts: readonly string[]
}

/** The value may contain a password. */
const databaseUrl = z.string().regex(/^(?:embedded:.|pglite:.|postgres(?:ql)?:\/\/)/, {
  error: 'must be embedded:DIRECTORY, pglite:DIRECTORY, pglite:memory or postgres://…',
})

// Addresses are shown and logged, and fetch() refuses those with a password.
const addressSetting = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine(hasNoCredentials, { error: 'must not contain a user or a password: set QUOTA_GATEWAY_TOKEN' })
  .transform(text => text.replace(/\/+$/, '').replace(/\/v1$/, ''))

const variableNames = z
  .string()
  .transform(textList)
  .refine(names => names.every(name => /^[A-Za-z_*][A-Za-z0-9_*]{0,199}$/.test(name)), {
    error: 'must be names of variables, separated by commas; * for any',
  })

const schema = z.object({
  QUOTA_DATABASE_URL: databaseUrl.prefault(defaultDatabaseUrl),
  QUOTA_CONFIG: z.string().optional(),
  QUOTA_API_HOST: hostSetting.prefault('127.0.0.1'),
  QUOTA_API_PORT: portSetting.prefault('4000'),
  QUOTA_API_TOKEN: tokenSetting.optional(),
  QUOTA_ADMIN_TOKEN: tokenSetting.optional(),
  QUOTA_API_ALLOWED_HOSTS: hostListSetting.prefault(''),
  QUOTA_PATH_PREFIX: pathPrefixSetting.prefault(''),
  QUOTA_API_PROVIDER_PLACES: switchSetting.optional(),
  QUOTA_API_KEY_VARIABLES: variableNames.prefault(''),
  QUOTA_GATEWAY_URL: addressSetting.optional(),
  QUOTA_GATEWAY_PUBLIC_URL: addressSetting.optional(),
  QUOTA_GATEWAY_TOKEN: tokenSetting.optional(),
  // The gateway itself validates its host and port.
  QUOTA_GATEWAY_HOST: z.string().prefault('127.0.0.1'),
  QUOTA_GATEWAY_PORT: z.string().prefault('4100').transform(Number),
  QUOTA_LOG_LEVEL: choiceSetting(logLevels).default('info'),
  QUOTA_METRICS_CONSUMERS: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a whole number of consumers, from 0 to 99999' })
    .transform(Number)
    .default(defaultMaxConsumers),
  // Their valid values depend on each other.
  QUOTA_LEDGER_DAYS: z.string().optional(),
  QUOTA_HOURLY_DAYS: z.string().optional(),
})

/**
 * Reads the settings. Absent and empty variables take their defaults.
 * @throws StartupError with the variable
 */
export function parseSettings(environment: Environment): Settings {
  const values = readVariables(schema, environment)
  const { QUOTA_API_HOST: host, QUOTA_API_PORT: port } = values
  const apiToken = values.QUOTA_API_TOKEN ?? null
  const adminToken = values.QUOTA_ADMIN_TOKEN ?? null
  if (apiToken !== null && apiToken === adminToken) {
    throw new StartupError(
      'QUOTA_ADMIN_TOKEN must differ from QUOTA_API_TOKEN, or users could change settings',
    )
  }
  const tokens = { QUOTA_API_TOKEN: apiToken, QUOTA_ADMIN_TOKEN: adminToken }
  refuseExposure({ hostVariable: 'QUOTA_API_HOST', host, tokens })
  return {
    databaseUrl: values.QUOTA_DATABASE_URL,
    configPath: values.QUOTA_CONFIG ?? null,
    host,
    port,
    logLevel: values.QUOTA_LOG_LEVEL,
    access: { apiToken, adminToken, allowedHosts: allowedHostsOf(host, values.QUOTA_API_ALLOWED_HOSTS) },
    pathPrefix: values.QUOTA_PATH_PREFIX,
    gateway: gatewayPlaceOf(values),
    places: {
      // Default: allowed with an admin token, which callers must send; refused without one.
      isAllowed: values.QUOTA_API_PROVIDER_PLACES ?? adminToken !== null,
      variables: values.QUOTA_API_KEY_VARIABLES,
      ownPorts: [port, values.QUOTA_GATEWAY_PORT],
    },
    maxConsumersInMetrics: values.QUOTA_METRICS_CONSUMERS,
    retention: retentionOf(values.QUOTA_LEDGER_DAYS ?? null, values.QUOTA_HOURLY_DAYS ?? null),
  }
}

function gatewayPlaceOf(values: z.infer<typeof schema>): GatewayPlace {
  const { QUOTA_GATEWAY_HOST: host, QUOTA_GATEWAY_PORT: port, QUOTA_GATEWAY_TOKEN: token } = values
  const url = values.QUOTA_GATEWAY_URL ?? `http://${reachable(host)}:${port}`
  return { url, publicUrl: values.QUOTA_GATEWAY_PUBLIC_URL ?? url, token: token ?? null }
}

/** The loopback address for one that means every address. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function retentionOf(ledgerText: string | null, hourlyText: string | null): RetentionDays {
  const ledgerDays = daysOf(ledgerText) ?? defaultRetentionDays.ledgerDays
  if (!(ledgerDays >= shortestLedgerDays && ledgerDays <= longestDays)) {
    throw new StartupError(
      `QUOTA_LEDGER_DAYS must be whole days from ${shortestLedgerDays}, so that a month fits in, to ${longestDays}; it is "${ledgerText}"`,
    )
  }
  // A ledger retention longer than the default of hourly sums extends that default.
  const hourlyDays = daysOf(hourlyText) ?? Math.max(defaultRetentionDays.hourlyDays, ledgerDays)
  if (hourlyDays >= ledgerDays && hourlyDays <= longestDays) return { ledgerDays, hourlyDays }
  throw new StartupError(
    `QUOTA_HOURLY_DAYS must be whole days from ${ledgerDays}, as long as the ledger is kept, to ${longestDays}; it is "${hourlyText}"`,
  )
}

/** Null if not set; NaN for anything but a whole number. */
function daysOf(text: string | null): number | null {
  return text === null ? null : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
}
