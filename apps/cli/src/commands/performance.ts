import { type Command, Option } from 'commander'
import type { Inputs, Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { amount, duration, percent } from '../terminal/numbers.js'
import { type Cell, type Column, tableLines } from '../terminal/table.js'

type Input = Inputs['performance']['get']
type Row = Outputs['performance']['get']['rows'][number]
type Grouping = Input['by']

interface Options {
  readonly by: Grouping
  readonly period: NonNullable<Input['period']>
  readonly provider?: string
  readonly model?: string
  readonly consumer?: string
}

const groupings: readonly Grouping[] = ['provider', 'model', 'consumer']
const periods: readonly Options['period'][] = ['24h', '7d']

/** `quotakeeper performance`: how calls to vendors ended, and how long they took. */
export function addPerformance(program: Command, runner: Runner): void {
  program
    .command('performance')
    .description('success and latency of calls to vendors, over 24 hours or 7 days')
    .addOption(
      new Option('--by <key>', 'one row for each provider, model or consumer')
        .choices(groupings)
        .default('provider'),
    )
    .addOption(new Option('--period <period>', 'the last 24 hours or 7 days').choices(periods).default('24h'))
    .option('--provider <name>', 'one provider only')
    .option('--model <name>', "one model only, as its vendor names it, or the client where it wasn't called")
    .option('--consumer <name>', 'one consumer only')
    .addHelpText(
      'after',
      '\nDurations are those of answered calls; P50 and P95 are within 9.1 % of the exact figures. A call that one provider refused and another answered counts for both.\n\nExamples:\n  quotakeeper performance --period 7d\n  quotakeeper performance --by model --provider groq_1',
    )
    .action(action<[Options]>(runner, show))
}

const columnsOf = (by: Grouping): readonly Column[] => [
  { header: by.toUpperCase(), mayShrink: true },
  { header: 'CALLS', align: 'right' },
  { header: 'SUCCESS', align: 'right' },
  { header: 'REFUSED', align: 'right', dropFirst: 2 },
  { header: 'FAILED', align: 'right', dropFirst: 3 },
  { header: 'ABORTED', align: 'right', dropFirst: 5 },
  { header: 'NOT CALLED', align: 'right', dropFirst: 4 },
  { header: 'P50', align: 'right' },
  { header: 'P95', align: 'right' },
  { header: 'FIRST TOKEN P50', align: 'right', dropFirst: 1 },
  { header: 'FIRST TOKEN P95', align: 'right', dropFirst: 1 },
]

async function show(session: Session, { by, period, provider, ...filter }: Options): Promise<void> {
  const { client, terminal, wantsJson } = session
  const query = { ...filter, by, period, ...(provider === undefined ? {} : { providerName: provider }) }
  const rows = await everyRow(page => client.performance.get.query({ ...query, ...page }))
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.note('No calls.')
  const sorted = rows.toSorted(
    (left, right) => right.callCount - left.callCount || right.turnedAwayCount - left.turnedAwayCount,
  )
  const { paint } = terminal
  const cells = sorted.map(row => cellsOf(row, by))
  terminal.print(tableLines({ columns: columnsOf(by), rows: cells, width: terminal.width(), paint }))
}

function cellsOf(row: Row, by: Grouping): readonly Cell[] {
  const time = (ms: number | undefined): string => (ms === undefined ? '–' : duration(ms))
  return [
    nameOf(row, by),
    amount(row.callCount),
    row.successShare === null ? '–' : percent(row.successShare),
    amount(row.refusedCount),
    amount(row.failedCount),
    amount(row.abortedCount),
    amount(row.turnedAwayCount),
    time(row.duration?.p50Ms),
    time(row.duration?.p95Ms),
    time(row.firstToken?.p50Ms),
    time(row.firstToken?.p95Ms),
  ]
}

function nameOf({ name, isOther }: Row, by: Grouping): string {
  if (isOther) return '(others)'
  return name || (by === 'provider' ? '(no provider called)' : '–')
}
