import type { Command } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { withLimits } from '../input/limits-options.js'
import { percents } from '../input/percents.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirmed } from '../terminal/confirmed.js'
import { factLines } from '../terminal/fact-lines.js'
import { limitText } from '../terminal/limit-text.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'
import { type ConsumerOptions, setConsumer } from './consumer-settings.js'
import { consumerLines, drawingFor } from './status-lines.js'

type Consumer = Outputs['consumers']['get']

interface ListOptions {
  readonly parent?: string
  readonly under?: string
  readonly plan?: string
}

interface ConfirmOptions {
  readonly yes?: boolean
}

/** `quotakeeper consumers …`: teams, applications and tenants, and their limits. */
export function addConsumers(program: Command, runner: Runner): void {
  const consumers = program
    .command('consumers')
    .description('teams, applications and tenants, and their limits')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper consumers set acme requests/month=1000\n  quotakeeper consumers list --under acme\n  quotakeeper consumers show acme',
    )
  consumers
    .command('list')
    .description('consumers, their plans and limits')
    .option('--parent <name>', 'only direct children of this consumer')
    .option('--under <name>', 'only this consumer and everything below it')
    .option('--plan <name>', 'only consumers of this plan')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper consumers list --under acme\n  quotakeeper consumers list --plan pro --json | jq -r ".[].name"',
    )
    .action(action<[ListOptions]>(runner, list))
  consumers
    .command('show')
    .description('settings and current limits of one consumer')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  quotakeeper consumers show acme')
    .action(action<[string]>(runner, show))
  addSet(consumers, runner)
  consumers
    .command('remove')
    .description('end the limits of a consumer without children; its usage stays in the ledger')
    .argument('<name>')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  quotakeeper consumers remove acme-ci --yes')
    .action(action<[string, ConfirmOptions]>(runner, remove))
  addSwitch(consumers, runner, { name: 'enable', enabled: true, description: 'allow calls for a consumer' })
  addSwitch(consumers, runner, {
    name: 'disable',
    enabled: false,
    description: 'refuse calls for a consumer and everything below it',
  })
  consumers
    .command('reset')
    .description("reset a consumer's usage of today; those above and below keep theirs; audited")
    .argument('<name>')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  quotakeeper consumers reset acme --yes')
    .action(action<[string, ConfirmOptions]>(runner, reset))
}

function addSet(consumers: Command, runner: Runner): void {
  withLimits(
    consumers
      .command('set')
      .description('add a consumer, or change it; other settings, other limits and all counters are kept')
      .argument('<name>'),
  )
    .option('--parent <name>', 'the consumer whose limits also apply to its calls; "none" for none')
    .option('--plan <name>', 'the plan whose limits it takes over; "none" for none')
    .option('--models <globs>', 'models that it may call, separated by commas; "*" for all')
    .option('--providers <globs>', 'providers that may serve it, separated by commas; "all" for all')
    .option(
      '--thresholds <percents>',
      'shares of a limit at which alerts are raised, separated by commas',
      percents,
    )
    .option('--time-zone <zone>', 'time zone of its days and months, such as Europe/Paris')
    .option('--month-starts-on <day>', 'day on which its months begin', positiveNumber)
    .option('--strict', 'reserve all output that a call requests')
    .option('--no-strict', 'reserve the usual output')
    .option('--show-cost', 'show costs to its clients')
    .option('--no-show-cost', 'hide costs from its clients')
    .addHelpText(
      'after',
      "\nExamples:\n  quotakeeper consumers set acme 'cost/month=$100' requests/day=10000\n  quotakeeper consumers set acme-ci --parent acme --plan pro 'requests/day per user=50'\n  quotakeeper consumers set acme --models 'llama-*,gpt-oss-*'",
    )
    .action(action<[string, readonly string[], ConsumerOptions]>(runner, setConsumer))
}

interface Switch {
  readonly name: string
  readonly enabled: boolean
  readonly description: string
}

function addSwitch(consumers: Command, runner: Runner, { name: verb, enabled, description }: Switch): void {
  consumers
    .command(verb)
    .description(description)
    .argument('<name>')
    .addHelpText('after', `\nExample:\n  quotakeeper consumers ${verb} acme`)
    .action(
      action<[string]>(runner, async ({ client, terminal, wantsJson }, name) => {
        const answer = await client.consumers.setEnabled.mutate({ name, enabled })
        if (wantsJson) terminal.json(answer)
        else terminal.print(stripControls(`${name} is ${enabled ? 'enabled' : 'disabled'}.`))
      }),
    )
}

async function list({ client, terminal, wantsJson }: Session, options: ListOptions): Promise<void> {
  const rows = await everyRow(page => client.consumers.list.query({ ...options, ...page }))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.print('There are no such consumers.')
  terminal.print(
    tableLines({
      columns: [
        { header: 'NAME', mayShrink: true },
        { header: 'PARENT', mayShrink: true },
        { header: 'PLAN', mayShrink: true },
        { header: 'ENABLED' },
        { header: 'MANAGED BY', dropFirst: 1 },
        { header: 'LIMITS', mayShrink: true },
      ],
      rows: rows.map(({ name, parent, plan, enabled, managedBy, limits, planLimits }) => [
        name,
        parent ?? '–',
        plan ?? '–',
        { text: enabled ? 'yes' : 'no', look: enabled ? null : 'red' },
        managedBy,
        [...limits, ...planLimits].map(limitText).join(', ') || '–',
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

async function show(session: Session, name: string): Promise<void> {
  const { client, terminal, wantsJson } = session
  const [consumer, stats] = await Promise.all([
    client.consumers.get.query({ name }),
    client.consumers.stats.query({ name }),
  ])
  if (wantsJson) return terminal.json({ consumer, stats })
  terminal.print([
    ...factLines(factsOf(consumer, session), terminal.paint),
    '',
    ...consumerLines([stats], drawingFor(session)),
  ])
}

function factsOf(consumer: Consumer, { clock }: Session): readonly (readonly [string, string])[] {
  const { planLimits, thresholdsPercent, providers } = consumer
  return [
    ['Name', consumer.name],
    ['Parent', consumer.parent ?? '–'],
    ['Plan', consumer.plan ?? '–'],
    ['Limits of its plan', planLimits.map(limitText).join(', ') || '–'],
    ['Enabled', consumer.enabled ? 'yes' : 'no'],
    ['Managed by', consumer.managedBy],
    ['Models', consumer.models.join(', ')],
    ['Providers', providers === null ? 'all' : providers.join(', ')],
    ['Day', `begins ${consumer.dayStartsAt} ${consumer.timeZone}`],
    ['Month', `begins on day ${consumer.monthStartsOn}`],
    ['Alerts at', thresholdsPercent.map(percent => `${percent} %`).join(', ') || '–'],
    ['Strict', consumer.strict ? 'yes' : 'no'],
    ['Shows costs', consumer.showCost ? 'yes' : 'no'],
    ['Changed', clock().long(consumer.updatedAt)],
  ]
}

async function remove(session: Session, name: string, { yes }: ConfirmOptions): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  if (!(await confirmed(session, `Remove the consumer ${name}?`, yes))) return exitCodes.failed
  const answer = await client.consumers.remove.mutate({ name })
  if (wantsJson) terminal.json(answer)
  else terminal.print(stripControls(`${name} is removed.`))
  return exitCodes.done
}

async function reset(session: Session, name: string, { yes }: ConfirmOptions): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  if (!(await confirmed(session, `Reset today's usage of ${name}?`, yes))) return exitCodes.failed
  const answer = await client.consumers.reset.mutate({ name })
  if (wantsJson) terminal.json(answer)
  else terminal.print(stripControls(`Today's usage of ${name} was reset.`))
  return exitCodes.done
}
