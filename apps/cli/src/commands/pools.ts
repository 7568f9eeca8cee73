import type { Command } from 'commander'
import { everyRow } from '../api/every-page.js'
import { asRead, onLatest } from '../api/on-latest.js'
import { quotaCodeOf } from '../api/to-failure.js'
import type { LimitInput } from '../input/limit-setting.js'
import { changedLimits, type LimitsOptions, withLimits } from '../input/limits-options.js'
import { type SubjectOptions, subjectSettings, withSubjectOptions } from '../input/subject-options.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { limitsText } from '../terminal/limits-text.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableLines } from '../terminal/table.js'
import { addConfirmedChange } from './confirmed-change.js'
import { noteLimitsInFile } from './note-limits-in-file.js'

type SetOptions = LimitsOptions & SubjectOptions

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
  withSubjectOptions(
    withLimits(
      pools
        .command('set')
        .description('add a pool, or change it; other settings, other limits and all counters are kept')
        .argument('<name>'),
    ),
  )
    .addHelpText(
      'after',
      "\nA provider joins it by providers add or edit, with --pool.\n\nExamples:\n  quotakeeper pools set groq-org requests/day=1000 'cost/month=$20'\n  quotakeeper pools set groq-org --remove-limit cost/month",
    )
    .action(action<[string, readonly string[], SetOptions]>(runner, set))
  addConfirmedChange(pools, runner, {
    ...{ verb: 'remove', description: 'remove a pool that no provider is in', example: 'groq-org' },
    question: name => `Remove the pool ${name}?`,
    change: (client, name) => client.pools.remove.mutate({ name }),
    done: name => `${name} is removed.`,
  })
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
        limitsText(limits),
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
  const { client, terminal } = session
  let changed: readonly LimitInput[] = []
  try {
    const pool = await onLatest(async () => {
      const pools = await everyRow(page => client.pools.list.query(page))
      const known = pools.find(each => each.name === name)
      const before: readonly LimitInput[] = known?.limits ?? []
      const limits = changedLimits(before, texts, options, name)
      changed = limits.filter(limit => !before.includes(limit))
      return client.pools.upsert.mutate({ name, limits, ...subjectSettings(options), ...asRead(known) })
    })
    printAnswer(session, pool, `${name}: ${limitsText(pool.limits, 'no limits')}`)
  } catch (error) {
    if (quotaCodeOf(error) === 'MANAGED_BY_FILE') await noteLimitsInFile(terminal, 'pools', name, changed)
    throw error
  }
}
