import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import {
  allowedHostsOf,
  areSealingSecrets,
  choiceSetting,
  type Environment,
  hostListSetting,
  hostSetting,
  type LogLevel,
  logLevels,
  maxSealingPairs,
  originListSetting,
  portSetting,
  readVariables,
  refuseExposure,
  StartupError,
  switchSetting,
  tokenSetting,
  wholeSetting,
} from '@quotakeeper/server-kit'
import { z } from 'zod'

/** Settings of the orchestrator. */
export interface Settings {
  /** Without a final slash. */
  readonly apiUrl: string
  /** Null: calls the API without a token. */
  readonly apiToken: string | null
  readonly gatewayHost: string
  /** 0 takes any free port. */
  readonly gatewayPort: number
  /** Null: no token is required, allowed only on loopback. */
  readonly gatewayToken: string | null
  /** Allowed origins of pages, in lower case; empty for none. */
  readonly allowedOrigins: readonly string[]
  /** Allowed host names in addition to loopback, in lower case. */
  readonly allowedHosts: readonly string[]
  readonly logLevel: LogLevel
  /** Timeout of a request including all attempts. */
  readonly vendorTimeoutMs: number
  /** A stream without data for this time is aborted, and so is a call whose client reads nothing for it. */
  readonly streamIdleMs: number
  /** Output tokens reserved for a call that may request more. */
  readonly reserveOutputTokens: number
  /** Whether to reserve the whole `max_tokens` and send the granted output as maximum. */
  readonly isStrict: boolean
  /** Largest decoded request body. */
  readonly maxBodyBytes: number
  /** Memory budget for bodies and answers of all calls in flight, including copies. */
  readonly memoryBytes: number
  /** Largest form with files. */
  readonly maxFormBytes: number
  /** Disk limit of all forms in flight. */
  readonly spoolBytes: number
  /** Parent of the spool folder. */
  readonly spoolParent: string
  /** Secrets of key pairs for entered keys, separated by commas; empty for none. */
  readonly sealingSecrets: string
  /** Longest wait of the start for the API. */
  readonly apiPatienceMs: number
}

/** Fraction of the heap for bodies and answers; the rest is for streams and garbage. */
const heapShare = 0.6

const sealingSetting = z.string().refine(areSealingSecrets, {
  error: `must be up to ${maxSealingPairs} secrets of 64 hexadecimal digits, separated by commas, each from "openssl rand -hex 32"`,
})

const schema = z.object({
  QUOTA_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  QUOTA_API_PORT: portSetting.prefault('4000'),
  QUOTA_API_TOKEN: tokenSetting.optional(),
  QUOTA_GATEWAY_HOST: hostSetting.prefault('127.0.0.1'),
  QUOTA_GATEWAY_PORT: portSetting.prefault('4100'),
  QUOTA_GATEWAY_TOKEN: tokenSetting.optional(),
  QUOTA_GATEWAY_ALLOWED_HOSTS: hostListSetting.prefault(''),
  QUOTA_GATEWAY_ALLOWED_ORIGINS: originListSetting.prefault(''),
  QUOTA_LOG_LEVEL: choiceSetting(logLevels).default('info'),
  QUOTA_VENDOR_TIMEOUT_SECONDS: wholeSetting({ min: 1, max: 3_600 }).prefault('300'),
  QUOTA_STREAM_IDLE_SECONDS: wholeSetting({ min: 1, max: 3_600 }).prefault('120'),
  QUOTA_RESERVE_OUTPUT_TOKENS: wholeSetting({ min: 1, max: 1_000_000 }).prefault('1024'),
  QUOTA_RESERVE_STRICT: switchSetting.prefault('false'),
  // V8 strings have at most 512 MiB.
  QUOTA_GATEWAY_MAX_BODY_BYTES: wholeSetting({ min: 1_024, max: 268_435_456 }).prefault('33554432'),
  QUOTA_GATEWAY_MEMORY_BYTES: wholeSetting({ min: 1_048_576, max: 999_999_999_999 }).optional(),
  QUOTA_GATEWAY_MAX_FILE_BYTES: wholeSetting({ min: 1_024, max: 10_737_418_240 }).prefault('104857600'),
  QUOTA_GATEWAY_SPOOL_BYTES: wholeSetting({ min: 1_048_576, max: 999_999_999_999 }).prefault('1073741824'),
  QUOTA_GATEWAY_SPOOL_DIRECTORY: z.string().min(1).optional(),
  QUOTA_SEALING_KEY: sealingSetting.prefault(''),
  QUOTA_SEALING_KEY_FILE: z.string().min(1).optional(),
  QUOTA_API_PATIENCE_SECONDS: wholeSetting({ min: 0, max: 3_600 }).prefault('60'),
})

/**
 * Reads the settings with defaults, and refuses exposure without a token.
 *
 * @throws StartupError with the variable and what to set
 */
export function readSettings(environment: Environment): Settings {
  const values = readVariables(schema, environment)
  const settings: Settings = {
    apiUrl: (values.QUOTA_API_URL ?? `http://127.0.0.1:${values.QUOTA_API_PORT}`).replace(/\/+$/, ''),
    apiToken: values.QUOTA_API_TOKEN ?? null,
    gatewayHost: values.QUOTA_GATEWAY_HOST,
    gatewayPort: values.QUOTA_GATEWAY_PORT,
    gatewayToken: values.QUOTA_GATEWAY_TOKEN ?? null,
    allowedHosts: allowedHostsOf(values.QUOTA_GATEWAY_HOST, values.QUOTA_GATEWAY_ALLOWED_HOSTS),
    allowedOrigins: values.QUOTA_GATEWAY_ALLOWED_ORIGINS,
    logLevel: values.QUOTA_LOG_LEVEL,
    vendorTimeoutMs: values.QUOTA_VENDOR_TIMEOUT_SECONDS * 1_000,
    streamIdleMs: values.QUOTA_STREAM_IDLE_SECONDS * 1_000,
    reserveOutputTokens: values.QUOTA_RESERVE_OUTPUT_TOKENS,
    isStrict: values.QUOTA_RESERVE_STRICT,
    maxBodyBytes: values.QUOTA_GATEWAY_MAX_BODY_BYTES,
    memoryBytes:
      values.QUOTA_GATEWAY_MEMORY_BYTES ?? Math.floor(getHeapStatistics().heap_size_limit * heapShare),
    maxFormBytes: values.QUOTA_GATEWAY_MAX_FILE_BYTES,
    spoolBytes: values.QUOTA_GATEWAY_SPOOL_BYTES,
    spoolParent: values.QUOTA_GATEWAY_SPOOL_DIRECTORY ?? tmpdir(),
    sealingSecrets: [values.QUOTA_SEALING_KEY, secretsIn(values.QUOTA_SEALING_KEY_FILE ?? null)].join(','),
    apiPatienceMs: values.QUOTA_API_PATIENCE_SECONDS * 1_000,
  }
  const { gatewayHost, gatewayToken } = settings
  refuseExposure({
    hostVariable: 'QUOTA_GATEWAY_HOST',
    host: gatewayHost,
    tokens: { QUOTA_GATEWAY_TOKEN: gatewayToken },
  })
  return settings
}

/** @throws StartupError if the file cannot be read, or holds something else */
function secretsIn(path: string | null): string {
  if (path === null) return ''
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const remedy = 'mount the secret there, let the user of the gateway read it, or name another file'
    throw new StartupError(`QUOTA_SEALING_KEY_FILE: ${path} cannot be read (${reason}): ${remedy}`, { cause })
  }
  if (areSealingSecrets(text)) return text
  throw new StartupError(
    `QUOTA_SEALING_KEY_FILE: ${path} must hold secrets of 64 hexadecimal digits, each from "openssl rand -hex 32"`,
  )
}
