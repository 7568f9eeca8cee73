import type { Command } from 'commander'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { printAnswer } from '../terminal/print-answer.js'

interface Switches {
  /** What the commands do, in the help. */
  readonly descriptions: { readonly enable: string; readonly disable: string }
  /** A name for the examples of the help. */
  readonly example: string
  readonly setEnabled: (
    client: Session['client'],
    input: { readonly name: string; readonly enabled: boolean },
  ) => Promise<unknown>
}

/** Adds `enable` and `disable` to a group, such as `providers`. */
export function addEnableDisable(
  group: Command,
  runner: Runner,
  { descriptions, example, setEnabled }: Switches,
): void {
  for (const verb of ['enable', 'disable'] as const)
    group
      .command(verb)
      .description(descriptions[verb])
      .argument('<name>')
      .addHelpText('after', `\nExample:\n  quotakeeper ${group.name()} ${verb} ${example}`)
      .action(
        action<[string]>(runner, async (session, name) => {
          const answer = await setEnabled(session.client, { name, enabled: verb === 'enable' })
          printAnswer(session, answer, `${name} is ${verb}d.`)
        }),
      )
}
