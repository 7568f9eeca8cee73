import type { Command } from 'commander'
import { type ExitCode, exitCodes, usageFailure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirmed } from '../terminal/confirmed.js'

interface Options {
  readonly all?: boolean
  readonly yes?: boolean
}

/** `quotakeeper usage reset`: resets today's usage after confirmation. */
export function addReset(usage: Command, runner: Runner): void {
  usage
    .command('reset')
    .description("reset today's usage and re-arm its alerts; audited")
    .argument('[provider]')
    .option('--all', 'of every provider')
    .option('--yes', 'without asking')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage reset groq_1\n  quotakeeper usage reset --all --yes',
    )
    .action(action<[string | undefined, Options]>(runner, reset))
}

async function reset(
  session: Session,
  provider: string | undefined,
  { all, yes }: Options,
): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  const isAll = all === true
  if (isAll === (provider !== undefined)) throw usageFailure('name one provider, or use --all')
  const whose = provider ?? 'every provider'
  if (!(await confirmed(session, `Reset today's usage of ${whose}?`, yes))) return exitCodes.failed
  const answer = await client.usage.reset.mutate(
    provider === undefined ? { all: true } : { providerName: provider },
  )
  if (wantsJson) terminal.json(answer)
  else terminal.print(`Today's usage of ${whose} was reset (${answer.providers.length}).`)
  return exitCodes.done
}
