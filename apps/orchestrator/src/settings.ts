import { getHeapStatistics } from 'node:v8'
import { z } from 'zod'
import type { Environment } from './env.js'
import { isLoopback } from './gateway/access/loopback.js'
import { StartupError } from './startup-error.js'

/** How the orchestrator runs, whatever is routed. */
export interface Settings {
  /** Without a final slash. */
  readonly apiUrl: string
  /** Null: the API is asked without a token. */
  readonly apiToken: string | null
  readonly gatewayHost: string
  /** 0 takes any free port. */
  readonly gatewayPort: number
  /** Null: the gateway asks for none, which it may on loopback only. */
  readonly gatewayToken: string | null
  /** Names in `Host` that are answered beside those of this machine's loopback, in lower case. */
  readonly allowedHosts: readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Within this a request has its answer, all its attempts included. */
  readonly vendorTimeoutMs: number
  /** A stream that says nothing for so long is broken off. */
  readonly streamIdleMs: number
  /** Output tokens that are reserved for a call that may ask for more. */
  readonly reserveOutputTokens: number
  /** Whether all of `max_tokens` is reserved, and what was granted is sent on as its cap. */
  readonly isStrict: boolean
  /** The largest body of a request, decoded. */
  readonly maxBodyBytes: number
  /** What the bodies of all calls in flight may take in memory, their copies counted. */
  readonly memoryBytes: number
  /** How long the start waits for the API. */
  readonly apiPatienceMs: number
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'must be a port from 0 to 65535' })
  .transform(Number)
  .refine(number => number <= 65_535, { error: 'must be a port from 0 to 65535' })

const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,1000}$/, { error: 'must be at most 1000 printable ASCII characters without spaces' })

const host = z
  .string()
  .transform(text => text.replace(/^\[(.*)\]$/, '$1').toLowerCase())
  .refine(text => /^[a-z0-9._:%-]+$/.test(text), {
    error: 'must be an address or a host name, without a port',
  })

/** A whole number in digits. */
const whole = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z
    .string()
    .regex(/^\d{1,12}$/, { error: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine(number => number >= min && number <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })

/** Of the heap, for bodies: the rest is for answers, and for what is not yet swept up. */
const heapShare = 0.6

const schema = z.object({
  QUOTA_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  QUOTA_API_PORT: port.prefault('4000'),
  QUOTA_API_TOKEN: token.optional(),
  QUOTA_GATEWAY_HOST: host.prefault('127.0.0.1'),
  QUOTA_GATEWAY_PORT: port.prefault('4100'),
  QUOTA_GATEWAY_TOKEN: token.optional(),
  QUOTA_GATEWAY_ALLOWED_HOSTS: z.string().default(''),
  QUOTA_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  QUOTA_VENDOR_TIMEOUT_SECONDS: whole({ min: 1, max: 3_600 }).prefault('300'),
  QUOTA_STREAM_IDLE_SECONDS: whole({ min: 1, max: 3_600 }).prefault('120'),
  QUOTA_RESERVE_OUTPUT_TOKENS: whole({ min: 1, max: 1_000_000 }).prefault('1024'),
  QUOTA_RESERVE_STRICT: z.enum(['true', 'false']).default('false'),
  // A string of the engine's has at most 512 MiB.
  QUOTA_GATEWAY_MAX_BODY_BYTES: whole({ min: 1_024, max: 268_435_456 }).prefault('33554432'),
  QUOTA_GATEWAY_MEMORY_BYTES: whole({ min: 1_048_576, max: 999_999_999_999 }).optional(),
  QUOTA_API_PATIENCE_SECONDS: whole({ min: 0, max: 3_600 }).prefault('60'),
})

/**
 * Reads the settings, applies their defaults and refuses to be exposed without a token.
 *
 * @throws StartupError that names the variable and what to set
 */
export function readSettings(environment: Environment): Settings {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  const parsed = schema.safeParse(Object.fromEntries(given))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
    throw new StartupError(faults.join('; '))
  }
  const values = parsed.data
  const settings: Settings = {
    apiUrl: (values.QUOTA_API_URL ?? `http://127.0.0.1:${values.QUOTA_API_PORT}`).replace(/\/+$/, ''),
    apiToken: values.QUOTA_API_TOKEN ?? null,
    gatewayHost: values.QUOTA_GATEWAY_HOST,
    gatewayPort: values.QUOTA_GATEWAY_PORT,
    gatewayToken: values.QUOTA_GATEWAY_TOKEN ?? null,
    allowedHosts: [hostName(values.QUOTA_GATEWAY_HOST), ...listOf(values.QUOTA_GATEWAY_ALLOWED_HOSTS)],
    logLevel: values.QUOTA_LOG_LEVEL,
    vendorTimeoutMs: values.QUOTA_VENDOR_TIMEOUT_SECONDS * 1_000,
    streamIdleMs: values.QUOTA_STREAM_IDLE_SECONDS * 1_000,
    reserveOutputTokens: values.QUOTA_RESERVE_OUTPUT_TOKENS,
    isStrict: values.QUOTA_RESERVE_STRICT === 'true',
    maxBodyBytes: values.QUOTA_GATEWAY_MAX_BODY_BYTES,
    memoryBytes:
      values.QUOTA_GATEWAY_MEMORY_BYTES ?? Math.floor(getHeapStatistics().heap_size_limit * heapShare),
    apiPatienceMs: values.QUOTA_API_PATIENCE_SECONDS * 1_000,
  }
  refuseExposure(settings)
  return settings
}

/** Shortest token that is asked for beyond loopback: 128 bits as `openssl rand -hex 16` prints them. */
const shortestToken = 32

function refuseExposure({ gatewayHost, gatewayToken }: Settings): void {
  if (isLoopback(gatewayHost)) return
  if (gatewayToken !== null) {
    if (gatewayToken.length >= shortestToken) return
    throw new StartupError(
      `QUOTA_GATEWAY_TOKEN is shorter than ${shortestToken} characters, which others could guess: ` +
        'make one with "openssl rand -hex 32", or leave QUOTA_GATEWAY_HOST at 127.0.0.1',
    )
  }
  throw new StartupError(
    `The gateway would listen on ${gatewayHost}, where others can spend your keys: ` +
      'set QUOTA_GATEWAY_TOKEN, or leave QUOTA_GATEWAY_HOST at 127.0.0.1',
  )
}

/** As it stands in a Host header. */
function hostName(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '')
}
