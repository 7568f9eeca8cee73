import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type ApiAddress, type Client, connect } from './api/connect.js'
import type { Environment } from './env.js'
import { usageFailure } from './failure.js'
import { tokenIn } from './input/token.js'
import { type Clock, clockIn, localZone } from './terminal/instants.js'
import { openTerminal, type Terminal } from './terminal/terminal.js'

/** Options of every command. */
interface GlobalOptions {
  readonly apiUrl?: string
  readonly tokenFile?: string
  readonly json?: boolean
  readonly color: boolean
  readonly utc?: boolean
}

/** The environment of commands. */
export interface Runner {
  readonly environment: Environment
  readonly signal: AbortSignal
  /** How this process was started, for what it proposes; `quotakeeper` if left out. */
  readonly usedCommand?: string
}

/** The context of a command. */
export interface Session {
  readonly environment: Environment
  readonly terminal: Terminal
  /** Whether to print one JSON document. */
  readonly wantsJson: boolean
  /** Aborts on an interrupt. */
  readonly signal: AbortSignal
  readonly api: ApiAddress
  readonly client: Client
  /** Creates a clock at the current instant. */
  clock(): Clock
}

/** @throws Failure if the address is invalid or the token file cannot be read */
export function openSession(command: Command, { environment, signal, usedCommand }: Runner): Session {
  const options = command.optsWithGlobals<GlobalOptions>()
  const api = {
    url: apiUrl(options, environment),
    token: readToken(options, environment),
  }
  const zone = options.utc === true ? 'UTC' : localZone()
  return {
    environment,
    terminal: openTerminal({
      wantsColour: options.color && (environment['NO_COLOR'] ?? '') === '',
      command: usedCommand ?? 'quotakeeper',
    }),
    wantsJson: options.json === true,
    signal,
    api,
    client: connect(api, signal),
    clock: () => clockIn(zone, Date.now()),
  }
}

function apiUrl(options: GlobalOptions, environment: Environment): string {
  const [name, given] =
    options.apiUrl === undefined
      ? ['QUOTA_API_URL', environment['QUOTA_API_URL'] || portUrl(environment)]
      : ['--api-url', options.apiUrl]
  const isUrl = URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)
  if (!isUrl) throw usageFailure(`${name} must be an address such as http://127.0.0.1:4000, not "${given}"`)
  const { username, password } = new URL(given)
  if (username !== '' || password !== '')
    throw usageFailure(
      `${name} must not hold a password, which other users could read: set QUOTA_API_TOKEN instead`,
    )
  return given.replace(/\/+$/, '')
}

/** The API of this machine, at the port of its variable. */
function portUrl(environment: Environment): string {
  return `http://127.0.0.1:${environment['QUOTA_API_PORT'] || '4000'}`
}

/** The admin token if there is one, which also allows use. Never an argument, which `ps` shows. */
function readToken({ tokenFile }: GlobalOptions, environment: Environment): string | null {
  if (tokenFile === undefined) {
    const name = ['QUOTA_ADMIN_TOKEN', 'QUOTA_API_TOKEN'].find(variable => environment[variable])
    return name === undefined ? null : tokenIn(environment[name] ?? '', name)
  }
  let token: string
  try {
    token = readFileSync(tokenFile, 'utf8').trim()
  } catch {
    throw usageFailure(`--token-file: ${tokenFile} cannot be read`)
  }
  return tokenIn(token, `--token-file: ${tokenFile}`)
}
