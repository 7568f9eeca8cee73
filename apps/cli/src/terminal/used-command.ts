import { basename } from 'node:path'
import type { Environment } from '../env.js'

/** The name in texts, and of the installed command. */
const name = 'quotakeeper'

const subcommands = [
  ...[
    'start',
    'status',
    'providers',
    'pools',
    'consumers',
    'plans',
    'grant',
    'usage',
    'tokens',
    'alerts',
    'explain',
  ],
  ...['performance', 'routing', 'call', 'connect', 'doctor', 'move', 'completion'],
]
const mention = new RegExp(
  `(?<![\\w./@-])${name}(?= (?:${subcommands.join('|')})\\b)|(?<=Usage: )${name}\\b`,
  'g',
)

/**
 * The command with which this process was started, so that what it proposes can be typed: `quotakeeper` if installed,
 * `npx -y pnpm@12.4.2 qk` or `pnpm qk` in the workspace, `qk` by a link of that name.
 *
 * @param start.file the script as given to Node.js
 */
export function usedCommand({
  environment,
  file,
}: {
  readonly environment: Environment
  readonly file: string
}): string {
  if (environment['npm_lifecycle_event'] === 'qk') return `${packageManager(environment)} qk`
  return basename(file) === 'qk' ? 'qk' : name
}

/** A text with its proposals as they can be typed. */
export function inUsedCommand(text: string, command: string): string {
  return command === name ? text : text.replaceAll(mention, command)
}

function packageManager(environment: Environment): string {
  const [, version] = /^pnpm\/(\d+\.\d+\.\d+)/.exec(environment['npm_config_user_agent'] ?? '') ?? []
  // npx runs what it has downloaded from a folder of this name.
  const isByNpx = /[\\/]_npx[\\/]/.test(environment['npm_execpath'] ?? '')
  return isByNpx && version !== undefined ? `npx -y pnpm@${version}` : 'pnpm'
}
