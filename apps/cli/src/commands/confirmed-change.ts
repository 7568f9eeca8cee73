import type { Command } from 'commander'
import { type ExitCode, exitCodes } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirmed } from '../terminal/confirmed.js'
import { printAnswer } from '../terminal/print-answer.js'

/** The option of commands that ask before they change something. */
export interface ConfirmOptions {
  readonly yes?: boolean
}

/** Adds {@link ConfirmOptions}. */
export function withConfirmation(command: Command): Command {
  return command.option('--yes', 'without asking')
}

interface Change<Answer> {
  readonly question: string
  readonly change: () => Promise<Answer>
  /** The line about its answer. */
  readonly done: (answer: Answer) => string
}

/** Asks, changes, and prints the answer. @throws Failure without a terminal and `--yes` */
export async function confirmedChange<Answer>(
  session: Session,
  { yes }: ConfirmOptions,
  { question, change, done }: Change<Answer>,
): Promise<ExitCode> {
  if (!(await confirmed(session, question, yes))) return exitCodes.failed
  const answer = await change()
  printAnswer(session, answer, done(answer))
  return exitCodes.done
}

interface NamedChange {
  readonly verb: string
  readonly description: string
  /** A name for the example of its help. */
  readonly example: string
  readonly question: (name: string) => string
  readonly change: (client: Session['client'], name: string) => Promise<unknown>
  /** The line about what was done. */
  readonly done: (name: string) => string
}

/** Adds a command to a group, such as `pools remove`, that changes what an argument names, after confirmation. */
export function addConfirmedChange(
  group: Command,
  runner: Runner,
  { verb, description, example, question, change, done }: NamedChange,
): void {
  withConfirmation(group.command(verb).description(description).argument('<name>'))
    .addHelpText('after', `\nExample:\n  quotakeeper ${group.name()} ${verb} ${example} --yes`)
    .action(
      action<[string, ConfirmOptions]>(runner, (session, name, options) =>
        confirmedChange(session, options, {
          question: question(name),
          change: () => change(session.client, name),
          done: () => done(name),
        }),
      ),
    )
}
