import { StartupError } from '../lifecycle/startup-error.js'
import { isLoopback } from './loopback.js'

/** Shortest token that is asked for beyond loopback: 128 bits as `openssl rand -hex 16` prints them. */
const shortestToken = 32

/** Where a server is to listen, and what keeps strangers out there. */
export interface Exposure {
  /** The variable of the address, such as `QUOTA_API_HOST`. */
  readonly hostVariable: string
  readonly host: string
  /** Each token that is needed beyond loopback, by its variable; null for one that is not set. */
  readonly tokens: Readonly<Record<string, string | null>>
}

/**
 * Beyond loopback every token must be set, and none so short that it could be guessed.
 *
 * @throws StartupError that says what to set, and never what is set
 */
export function refuseExposure({ hostVariable, host, tokens }: Exposure): void {
  if (isLoopback(host)) return
  const missing = Object.keys(tokens).filter(name => tokens[name] === null)
  if (missing.length > 0) {
    throw new StartupError(
      `${hostVariable}=${host} can be reached from other machines: set ${missing.join(' and ')}, or listen on 127.0.0.1`,
    )
  }
  const short = Object.keys(tokens).find(name => (tokens[name] ?? '').length < shortestToken)
  if (short === undefined) return
  throw new StartupError(
    `${short} is shorter than ${shortestToken} characters, which can be guessed: generate one with "openssl rand -hex 32", or listen on 127.0.0.1`,
  )
}
