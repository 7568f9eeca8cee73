import type { Command } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { withLimits } from '../input/limits-options.js'
import { withSubjectOptions } from '../input/subject-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { factLines } from '../terminal/fact-lines.js'
import { limitsText } from '../terminal/limits-text.js'
import { tableLines } from '../terminal/table.js'
import { addConfirmedChange } from './confirmed-change.js'
import { type ConsumerOptions, setConsumer } from './consumer-settings.js'
import { addEnableDisable } from './enable-disable.js'
import { consumerLines, drawingFor } from './status-lines.js'

type Consumer = Outputs['consumers']['get']

interface ListOptions {
  readonly parent?: string
  readonly under?: string
  readonly plan?: string
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
  addConfirmedChange(consumers, runner, {
    verb: 'remove',
    description: 'end the limits of a consumer without children; its usage stays in the ledger',
    example: 'acme-ci',
    question: name => `Remove the consumer ${name}?`,
    change: (client, name) => client.consumers.remove.mutate({ name }),
    done: name => `${name} is removed.`,
  })
  addEnableDisable(consumers, runner, {
    descriptions: {
      enable: 'allow calls for a consumer',
      disable: 'refuse calls for a consumer and everything below it',
    },
    example: 'acme',
    setEnabled: (client, input) => client.consumers.setEnabled.mutate(input),
  })
  addConfirmedChange(consumers, runner, {
    verb: 'reset',
    description: "reset a consumer's usage of today; those above and below keep theirs; audited",
    example: 'acme',
    question: name => `Reset today's usage of ${name}?`,
    change: (client, name) => client.consumers.reset.mutate({ name }),
    done: name => `Today's usage of ${name} was reset.`,
  })
}

function addSet(consumers: Command, runner: Runner): void {
  const set = withLimits(
    consumers
      .command('set')
      .description('add a consumer, or change it; other settings, other limits and all counters are kept')
      .argument('<name>'),
  )
    .option('--parent <name>', 'the consumer whose limits also apply to its calls; "none" for none')
    .option('--plan <name>', 'the plan whose limits it takes over; "none" for none')
    .option('--models <globs>', 'models that it may call, separated by commas; "*" for all')
    .option('--providers <globs>', 'providers that may serve it, separated by commas; "all" for all')
  withSubjectOptions(set)
    .option('--strict', 'reserve all output that a call requests')
    .option('--no-strict', 'reserve at most 1,024 output tokens (QUOTA_RESERVE_OUTPUT_TOKENS of the gateway)')
    .option('--show-cost', 'show costs to its clients')
    .option('--no-show-cost', 'hide costs from its clients')
    .addHelpText(
      'after',
      "\nExamples:\n  quotakeeper consumers set acme 'cost/month=$100' requests/day=10000\n  quotakeeper consumers set acme-ci --parent acme --plan pro 'requests/day per user=50'\n  quotakeeper consumers set acme --models 'llama-*,gpt-oss-*'",
    )
    .action(action<[string, readonly string[], ConsumerOptions]>(runner, setConsumer))
}

async function list({ client, terminal, wantsJson }: Session, options: ListOptions): Promise<void> {
  const rows = await everyRow(page => client.consumers.list.query({ ...options, ...page }))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) {
    const isFiltered = Object.keys(options).length > 0
    return terminal.print(
      isFiltered
        ? 'No consumer matches.'
        : 'There are no consumers: "quotakeeper consumers set NAME requests/month=1000" adds one.',
    )
  }
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
        limitsText([...limits, ...planLimits]),
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
    ['Limits of its plan', limitsText(planLimits)],
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
