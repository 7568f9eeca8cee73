import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { changedLimits, type LimitsOptions, withLimits } from '../input/limits-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { limitsText } from '../terminal/limits-text.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableLines } from '../terminal/table.js'
import { addConfirmedChange } from './confirmed-change.js'

/** `quotakeeper plans …`: limits that many consumers take over. */
export function addPlans(program: Command, runner: Runner): void {
  const plans = program
    .command('plans')
    .description('limits that many consumers take over')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper plans set pro requests/month=1000\n  quotakeeper plans list',
    )
  plans
    .command('list')
    .description('all plans and their limits')
    .addHelpText('after', '\nExample:\n  quotakeeper plans list')
    .action(action(runner, list))
  withLimits(
    plans
      .command('set')
      .description('add a plan, or change it: at once for all its consumers, whose usage stays')
      .argument('<name>'),
  )
    .addHelpText(
      'after',
      "\nExamples:\n  quotakeeper plans set pro requests/month=1000 'cost/month=$20'\n  quotakeeper plans set free 'requests/day per user=50' --remove-limit tokens/day",
    )
    .action(action<[string, readonly string[], LimitsOptions]>(runner, set))
  addConfirmedChange(plans, runner, {
    ...{ verb: 'remove', description: 'remove a plan that no consumer has', example: 'pro' },
    question: name => `Remove the plan ${name}?`,
    change: (client, name) => client.plans.remove.mutate({ name }),
    done: name => `${name} is removed.`,
  })
}

async function list({ client, terminal, wantsJson }: Session): Promise<void> {
  const rows = await everyRow(page => client.plans.list.query(page))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.print('There are no plans.')
  terminal.print(
    tableLines({
      columns: [
        { header: 'NAME', mayShrink: true },
        { header: 'MANAGED BY', dropFirst: 1 },
        { header: 'LIMITS', mayShrink: true },
      ],
      rows: rows.map(({ name, managedBy, limits }) => [name, managedBy, limitsText(limits)]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

async function set(
  session: Session,
  name: string,
  texts: readonly string[],
  options: LimitsOptions,
): Promise<void> {
  const { client } = session
  const plans = await everyRow(page => client.plans.list.query(page))
  const before = plans.find(plan => plan.name === name)?.limits ?? []
  const limits = changedLimits(before, texts, options, name)
  const plan = await client.plans.upsert.mutate({ name, limits })
  printAnswer(session, plan, `${name}: ${limitsText(plan.limits, 'no limits')}`)
}
