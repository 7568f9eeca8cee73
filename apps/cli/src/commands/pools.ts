import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { quotaCodeOf } from '../api/to-failure.js'
import { type ExitCode, exitCodes } from '../failure.js'
import type { LimitInput } from '../input/limit-setting.js'
import { changedLimits, type LimitsOptions, withLimits } from '../input/limits-options.js'
import { percents } from '../input/percents.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { confirmed } from '../terminal/confirmed.js'
import { limitText } from '../terminal/limit-text.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'
import { noteLimitsInFile } from './note-limits-in-file.js'

interface SetOptions extends LimitsOptions {
  readonly thresholds?: readonly number[]
  readonly timeZone?: string
  readonly monthStartsOn?: number
}

/** `quotakeeper pools …`: quotas that several providers share. */
export function addPools(program: Command, runner: Runner): void {
  const pools = program
    .command('pools')
    .description('quotas that several providers share, and their limits')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper pools\n  quotakeeper pools set groq-org requests/day=1000\n  quotakeeper providers edit groq_2 --pool groq-org',
    )
  pools
    .command('list', { isDefault: true })
    .description('all pools, their providers and limits')
    .addHelpText('after', '\nExample:\n  quotakeeper pools list')
    .action(action(runner, list))
  withLimits(
    pools
      .command('set')
      .description('add a pool, or change it; other settings, other limits and all counters are kept')
      .argument('<name>'),
  )
    .option(
      '--thresholds <percents>',
      'shares of a limit at which alerts are raised, separated by commas',
      percents,
    )
    .option('--time-zone <zone>', 'time zone of its days and months, such as Europe/Paris')
    .option('--month-starts-on <day>', 'day on which its months begin', positiveNumber)
    .addHelpText(
      'after',
      "\nA provider joins it by providers add or edit, with --pool.\n\nExamples:\n  quotakeeper pools set groq-org requests/day=1000 'cost/month=$20'\n  quotakeeper pools set groq-org --remove-limit cost/month",
    )
    .action(action<[string, readonly string[], SetOptions]>(runner, set))
  pools
    .command('remove')
    .description('remove a pool that no provider is in')
    .argument('<name>')
    .option('--yes', 'without asking')
    .addHelpText('after', '\nExample:\n  quotakeeper pools remove groq-org --yes')
    .action(action<[string, { readonly yes?: boolean }]>(runner, remove))
}

async function list({ client, terminal, wantsJson }: Session): Promise<void> {
  const rows = await everyRow(page => client.pools.list.query(page))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0)
    return terminal.print('There are no pools: quotakeeper pools set NAME requests/day=1000')
  terminal.print(
    tableLines({
      columns: [
        { header: 'NAME', mayShrink: true },
        { header: 'PROVIDERS', mayShrink: true },
        { header: 'MANAGED BY', dropFirst: 1 },
        { header: 'LIMITS', mayShrink: true },
      ],
      rows: rows.map(({ name, providers, managedBy, limits }) => [
        name,
        providers.join(', ') || '–',
        managedBy,
        limits.map(limitText).join(', ') || '–',
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}

async function set(
  session: Session,
  name: string,
  texts: readonly string[],
  options: SetOptions,
): Promise<void> {
  const { client, terminal, wantsJson } = session
  const { thresholds, timeZone, monthStartsOn } = options
  const pools = await everyRow(page => client.pools.list.query(page))
  const before: readonly LimitInput[] = pools.find(pool => pool.name === name)?.limits ?? []
  const limits = changedLimits(before, texts, options, name)
  try {
    const pool = await client.pools.upsert.mutate({
      ...{ name, limits },
      ...(thresholds === undefined ? {} : { thresholdsPercent: [...thresholds] }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(monthStartsOn === undefined ? {} : { monthStartsOn }),
    })
    if (wantsJson) terminal.json(pool)
    else terminal.print(stripControls(`${name}: ${pool.limits.map(limitText).join(', ') || 'no limits'}`))
  } catch (error) {
    const changed = limits.filter(limit => !before.includes(limit))
    if (quotaCodeOf(error) === 'MANAGED_BY_FILE') await noteLimitsInFile(terminal, 'pools', name, changed)
    throw error
  }
}

async function remove(
  session: Session,
  name: string,
  { yes }: { readonly yes?: boolean },
): Promise<ExitCode> {
  const { client, terminal, wantsJson } = session
  if (!(await confirmed(session, `Remove the pool ${name}?`, yes))) return exitCodes.failed
  const answer = await client.pools.remove.mutate({ name })
  if (wantsJson) terminal.json(answer)
  else terminal.print(stripControls(`${name} is removed.`))
  return exitCodes.done
}
