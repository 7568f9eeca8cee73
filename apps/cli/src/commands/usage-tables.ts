import { dollarText } from '@quotakeeper/quota-core/rules'
import { type Command, Option } from 'commander'
import type { Inputs, Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { usageFailure } from '../failure.js'
import { type DaysOptions, daysOf } from '../input/days.js'
import { withDays } from '../input/days-options.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { amount } from '../terminal/numbers.js'
import { type Cell, type Column, tableLines } from '../terminal/table.js'

type Counts = Pick<
  Outputs['usage']['history']['rows'][number],
  | 'requestCount'
  | 'characterCount'
  | 'inputTokenCount'
  | 'outputTokenCount'
  | 'cachedInputTokenCount'
  | 'costMicroUsd'
  | 'audioSecondCount'
>
type SummaryKey = Inputs['usage']['summary']['groupBy'][number]

type AttemptState = Outputs['usage']['ledger']['rows'][number]['state']
const states: readonly AttemptState[] = ['pending', 'committed', 'released', 'expired']

/** A column of one count. */
type CountColumn = Column & { readonly cell: (counts: Counts) => Cell }

const commonCounts: readonly CountColumn[] = [
  { header: 'REQUESTS', align: 'right', cell: counts => amount(counts.requestCount) },
  { header: 'CHARACTERS', align: 'right', dropFirst: 3, cell: counts => amount(counts.characterCount) },
  { header: 'INPUT TOKENS', align: 'right', dropFirst: 2, cell: counts => amount(counts.inputTokenCount) },
  { header: 'OUTPUT TOKENS', align: 'right', dropFirst: 2, cell: counts => amount(counts.outputTokenCount) },
  { header: 'COST', align: 'right', dropFirst: 1, cell: counts => dollarText(counts.costMicroUsd) },
]

const audioSeconds: CountColumn = {
  header: 'AUDIO SECONDS',
  align: 'right',
  dropFirst: 4,
  cell: counts => amount(counts.audioSecondCount),
}

/** Audio has a column only if a row has any. */
function countColumnsOf(rows: readonly Counts[]): readonly CountColumn[] {
  return rows.some(({ audioSecondCount }) => audioSecondCount > 0)
    ? [...commonCounts, audioSeconds]
    : commonCounts
}

/** `usage history`, `usage summary`, `usage ledger`: tables of usage. */
export function addTables(usage: Command, runner: Runner): void {
  withDays(usage.command('history'))
    .description('by day and provider, the newest first')
    .option('--provider <name>', 'one provider only')
    .addHelpText('after', '\nExample:\n  quotakeeper usage history --days 30 --provider groq_1')
    .action(action<[DaysOptions & { readonly provider?: string }]>(runner, history))
  withSums(usage.command('today', { isDefault: true }), '1')
    .description('sums of today, or of other days with the options of summary')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage\n  quotakeeper usage --group-by model\n  quotakeeper usage today --json',
    )
    .action(action<[SummaryOptions]>(runner, today))
  withSums(usage.command('summary'))
    .description('sums of the last seven days, or of others')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper usage summary --group-by day,model\n  quotakeeper usage summary --group-by consumer,model --under acme',
    )
    .action(action<[SummaryOptions]>(runner, summary))
  usage
    .command('ledger')
    .description('call by call, the newest first')
    .option('--provider <name>', 'one provider only')
    .option('--request <id>', 'one request only')
    .option('--model <name>', 'one model only')
    .option('--consumer <name>', 'one consumer only')
    .option('--under <consumer>', 'only this consumer and everything below it')
    .addOption(new Option('--state <state>', 'calls in this state only').choices(states))
    .option('--limit <number>', 'maximum number of calls; use export for more', positiveNumber, 50)
    .addHelpText('after', '\nExample:\n  quotakeeper usage ledger --provider groq_1 --limit 20')
    .action(action<[LedgerOptions]>(runner, ledger))
}

/** Options of sums. */
function withSums(command: Command, defaultDays?: string): Command {
  return withDays(command, defaultDays)
    .option('--group-by <keys>', 'of day, hour, provider, model, consumer; by commas', 'provider')
    .option('--provider <name>', 'one provider only')
    .option('--under <consumer>', 'only this consumer and everything below it')
}

interface SummaryOptions extends DaysOptions {
  readonly groupBy: string
  readonly under?: string
  readonly provider?: string
}

interface LedgerOptions {
  readonly provider?: string
  readonly request?: string
  readonly model?: string
  readonly consumer?: string
  readonly under?: string
  readonly state?: AttemptState
  readonly limit: number
}

async function history(
  session: Session,
  { provider, ...days }: DaysOptions & { readonly provider?: string },
): Promise<void> {
  const { client } = session
  const query = {
    ...daysOf(days, session.clock()),
    ...(provider === undefined ? {} : { providerName: provider }),
  }
  const rows = await everyRow(page => client.usage.history.query({ ...query, ...page }))
  const counts = countColumnsOf(rows)
  show(session, rows, {
    columns: [{ header: 'DAY' }, { header: 'PROVIDER', mayShrink: true }, ...counts],
    cells: row => [row.date, row.providerName, ...counts.map(({ cell }) => cell(row))],
  })
}

const headers = {
  day: 'DAY',
  hour: 'HOUR',
  provider: 'PROVIDER',
  model: 'MODEL',
  consumer: 'CONSUMER',
} as const

async function today(session: Session, options: SummaryOptions): Promise<void> {
  const { from, to, days } = options
  const isOneDay = from === undefined && days === undefined
  await summary(session, isOneDay ? { ...options, days: 1 } : options)
  if (isOneDay && to === undefined && !session.wantsJson)
    session.terminal.note('Today only: "quotakeeper usage summary" shows the last seven days.')
}

async function summary(
  session: Session,
  { groupBy, provider, under, ...days }: SummaryOptions,
): Promise<void> {
  const keys = groupBy.split(',').map(keyOf)
  const query = {
    ...daysOf(days, session.clock()),
    groupBy: keys,
    ...(under === undefined ? {} : { under }),
    ...(provider === undefined ? {} : { providerName: provider }),
  }
  const rows = await everyRow(page => session.client.usage.summary.query({ ...query, ...page }))
  const counts = countColumnsOf(rows)
  const time = session.clock()
  show(session, rows, {
    columns: [...keys.map((key): Column => ({ header: headers[key], mayShrink: true })), ...counts],
    cells: row => {
      const reported = {
        day: row.day,
        hour: row.hour === undefined ? undefined : time.long(row.hour),
        provider: row.providerName,
        model: row.model,
        consumer: row.consumer,
      }
      return [...keys.map(key => reported[key] || '–'), ...counts.map(({ cell }) => cell(row))]
    },
  })
}

function keyOf(text: string): SummaryKey {
  const key = text.trim()
  if (Object.hasOwn(headers, key)) return key as SummaryKey
  throw usageFailure(`--group-by: "${key}" is none of ${Object.keys(headers).join(', ')}`)
}

async function ledger(
  session: Session,
  { provider, request, limit, ...filter }: LedgerOptions,
): Promise<void> {
  const query = {
    ...filter,
    ...(provider === undefined ? {} : { providerName: provider }),
    ...(request === undefined ? {} : { requestId: request }),
  }
  const rows = await everyRow(page => session.client.usage.ledger.query({ ...query, ...page }), limit)
  const counts = countColumnsOf(rows)
  const time = session.clock()
  show(session, rows, {
    columns: [
      { header: 'WHEN' },
      { header: 'PROVIDER', mayShrink: true },
      { header: 'MODEL', mayShrink: true, dropFirst: 4 },
      { header: 'STATE' },
      ...counts,
      { header: 'ID', dropFirst: 5 },
    ],
    cells: row => [
      time.long(row.occurredAt),
      row.providerName,
      row.model ?? '–',
      row.kind === 'call' ? row.state : `${row.kind} ${row.state}`,
      ...counts.map(({ cell }) => cell(row)),
      row.id,
    ],
  })
}

function show<Row>(
  { terminal, wantsJson }: Session,
  rows: readonly Row[],
  { columns, cells }: { readonly columns: readonly Column[]; readonly cells: (row: Row) => readonly Cell[] },
): void {
  if (wantsJson) terminal.json(rows)
  else if (rows.length === 0) terminal.note('No usage.')
  else {
    const { paint } = terminal
    terminal.print(tableLines({ columns, rows: rows.map(cells), width: terminal.width(), paint }))
  }
}
