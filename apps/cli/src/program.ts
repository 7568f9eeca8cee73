import { Command } from 'commander'
import { addAlerts } from './commands/alerts.js'
import { addCall } from './commands/call.js'
import { addCompletion } from './commands/completion.js'
import { addConnect } from './commands/connect.js'
import { addConsumers } from './commands/consumers.js'
import { addDoctor } from './commands/doctor.js'
import { addExplain } from './commands/explain.js'
import { addGrant } from './commands/grant.js'
import { addMove } from './commands/move.js'
import { addPerformance } from './commands/performance.js'
import { addPlans } from './commands/plans.js'
import { addPools } from './commands/pools.js'
import { addProviders } from './commands/providers.js'
import { addRouting } from './commands/routing.js'
import { addStart } from './commands/start.js'
import { addStatus } from './commands/status.js'
import { addTokens } from './commands/tokens.js'
import { addUsage } from './commands/usage.js'
import type { Runner } from './run-command.js'
import { inUsedCommand } from './terminal/used-command.js'

const help = `
Examples:
  quotakeeper status
  quotakeeper providers add groq_2 --vendor groq
  quotakeeper call llama-3.1-8b-instant "Name three rivers."
  quotakeeper usage

Exit codes: 0 done, 1 failed or refused, 2 the command line or the input is wrong, 3 the API or its store does not answer.
The token comes from QUOTA_ADMIN_TOKEN or QUOTA_API_TOKEN, in the environment or .env, or from --token-file.`

/** Creates the command line. */
export function createProgram(runner: Runner, version: string): Command {
  const program = new Command('quotakeeper')
    .description('Shows what is left of every AI provider key, and changes limits.')
    .version(version, '-V, --version', 'print the version')
    .option('--api-url <url>', 'where the API is (default: QUOTA_API_URL, or http://127.0.0.1:4000)')
    .option('--token-file <file>', 'file that contains the token')
    .option('--json', 'answer with one JSON document')
    .option('--utc', 'times in UTC instead of this machine’s time zone')
    .option('--no-color', 'no colours (also with NO_COLOR, or when piped)')
    .helpOption('-h, --help', 'print help with examples')
    .addHelpText('after', help)
  addStart(program)
  addStatus(program, runner)
  addProviders(program, runner)
  addPools(program, runner)
  addConsumers(program, runner)
  addPlans(program, runner)
  addGrant(program, runner)
  addUsage(program, runner)
  addPerformance(program, runner)
  addTokens(program, runner)
  addAlerts(program, runner)
  addCall(program, runner)
  addExplain(program, runner)
  addRouting(program, runner)
  addConnect(program, runner)
  addDoctor(program, runner)
  addMove(program)
  addCompletion(program)
  for (const command of everyCommand(program)) {
    const typed = (text: string): string => inUsedCommand(text, runner.usedCommand ?? 'quotakeeper')
    command
      .exitOverride()
      // No `help` command beside `--help`.
      .helpCommand(false)
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeOut: text => void process.stdout.write(typed(text)),
        // A group without a command prints its help there.
        writeErr: text => void process.stderr.write(typed(text)),
        outputError: (text, write) => write(`quotakeeper: ${errorLine(text, command)}\n`),
      })
  }
  return program
}

/** Commander's message on one line; an unknown command with those that exist, unless it suggests one. */
function errorLine(text: string, command: Command): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
  if (!/^unknown command '[^']*'$/.test(line)) return line
  return `${line}: write one of ${command.commands.map(known => known.name()).join(', ')}`
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
