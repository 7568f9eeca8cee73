import type { Command } from 'commander'
import { type ExitCode, usageFailure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { type ConfirmOptions, confirmedChange, withConfirmation } from './confirmed-change.js'

interface Options extends ConfirmOptions {
  readonly all?: boolean
}

/** `quotakeeper usage reset`: resets today's usage after confirmation. */
export function addReset(usage: Command, runner: Runner): void {
  withConfirmation(
    usage
      .command('reset')
      .description("reset today's usage and re-arm its alerts; audited")
      .argument('[provider]')
      .option('--all', 'of every provider'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage reset groq_1\n  quotakeeper usage reset --all --yes',
    )
    .action(action<[string | undefined, Options]>(runner, reset))
}

async function reset(session: Session, provider: string | undefined, options: Options): Promise<ExitCode> {
  const isAll = options.all === true
  if (isAll === (provider !== undefined)) throw usageFailure('name one provider, or use --all')
  const whose = provider ?? 'every provider'
  const input = provider === undefined ? ({ all: true } as const) : { providerName: provider }
  return confirmedChange(session, options, {
    question: `Reset today's usage of ${whose}?`,
    change: () => session.client.usage.reset.mutate(input),
    done: ({ providers }) => `Today's usage of ${whose} was reset${isAll ? counted(providers.length) : ''}.`,
  })
}

function counted(providerCount: number): string {
  return providerCount === 1 ? ' (1 provider)' : ` (${providerCount} providers)`
}
