import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { mergeLimits, parseLimitSetting } from '../input/limit-setting.js'
import { collect } from '../input/text-list.js'
import { withoutLimits } from '../input/without-limits.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirmed } from '../terminal/confirmed.js'
import { limitText } from '../terminal/limit-text.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'

interface SetOptions {
  readonly removeLimit?: readonly string[]
  readonly shadow?: boolean
}

/** `quotakeeper plans …`: limits that many consumers take over. */
export function addPlans(program: Command, runner: Runner): void {
  const plans = program.command('plans').description('limits that many consumers take over')
  plans
    .command('list')
    .description('all plans and their limits')
    .addHelpText('after', '\nExample:\n  quotakeeper plans list')
    .action(action(runner, list))
  plans
    .command('set')
    .description('add a plan, or change it: at once for all its consumers, whose usage stays')
    .argument('<name>')
    .argument(
      '[limit=max...]',
      'an id, METRIC/WINDOW[@MODEL] or concurrency, with " per user" or " per model" for one counter each; max "none" counts without limiting',
    )
    .option('--remove-limit <id>', 'may be given several times', collect)
    .option('--shadow', 'only report, do not block: for the given limits')
    .addHelpText(
      'after',
      "\nExamples:\n  quotakeeper plans set pro requests/month=1000 'cost/month=$20'\n  quotakeeper plans set free 'requests/day per user=50' --remove-limit tokens/day",
    )
    .action(action<[string, readonly string[], SetOptions]>(runner, set))
  plans
    .command('remove')
    .description('remove a plan that no consumer has')
    .argument('<name>')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  quotakeeper plans remove pro --yes')
    .action(action<[string, { readonly yes?: boolean }]>(runner, remove))
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
      rows: rows.map(({ name, managedBy, limits }) => [
        name,
        managedBy,
        limits.map(limitText).join(', ') || '–',
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

async function set(
  { client, terminal, wantsJson }: Session,
  name: string,
  texts: readonly string[],
  { removeLimit = [], shadow }: SetOptions,
): Promise<void> {
  const settings = texts.map(parseLimitSetting)
  const plans = await everyRow(page => client.plans.list.query(page))
  const before = plans.find(plan => plan.name === name)?.limits ?? []
  const kept = withoutLimits(before, removeLimit, name)
  const limits = mergeLimits(kept, settings, shadow === true ? { mode: 'shadow' } : {})
  const plan = await client.plans.upsert.mutate({ name, limits: [...limits] })
  if (wantsJson) terminal.json(plan)
  else terminal.print(stripControls(`${name}: ${plan.limits.map(limitText).join(', ') || 'no limits'}`))
}

async function remove(
  session: Session,
  name: string,
  { yes }: { readonly yes?: boolean },
): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  if (!(await confirmed(session, `Remove the plan ${name}?`, yes))) return exitCodes.failed
  const answer = await client.plans.remove.mutate({ name })
  if (wantsJson) terminal.json(answer)
  else terminal.print(stripControls(`${name} is removed.`))
  return exitCodes.done
}
