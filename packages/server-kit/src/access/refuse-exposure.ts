import { StartupError } from '../lifecycle/startup-error.js'
import { isLoopback } from './loopback.js'

/** Shortest token allowed beyond loopback: 128 bits as printed by `openssl rand -hex 16`. */
const shortestToken = 32

/** Where a server listens, and the tokens that protect it. */
export interface Exposure {
  /** The variable with the address, such as `QUOTA_API_HOST`. */
  readonly hostVariable: string
  readonly host: string
  /** The tokens required beyond loopback, by variable; null if not set. */
  readonly tokens: Readonly<Record<string, string | null>>
}

/**
 * Requires every token beyond loopback, with a length that cannot be guessed.
 *
 * @throws StartupError with what to set; never contains a token
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
