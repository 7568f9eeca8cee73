import { subjectLabel } from '@quotakeeper/quota-core/rules'
import { type Command, Option } from 'commander'
import type { Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { followAlerts, type StreamedAlert } from '../api/follow-alerts.js'
import { type ExitCode, exitCodes } from '../failure.js'
import { positiveNumber } from '../input/whole-number.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import { amountOf } from '../terminal/numbers.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'

type Severity = Outputs['alerts']['list']['rows'][number]['severity']

/** Texts of alerts without a limit. */
const refusals = {
  threshold: '',
  drift: '',
  billing: 'key refused: no credit',
  bad_credential: 'key refused',
  implausible_count: '',
} as const

/** In this order, the worst last. */
const severities: readonly Severity[] = ['warning', 'critical', 'error']

function severityOption(): Option {
  const meaning =
    'only alerts of this severity: warning (below 90 %, or a key used elsewhere), critical (from 90 %), error, the worst (from 100 %, a refused key, or an implausible count)'
  return new Option('--severity <severity>', meaning).choices(severities)
}

interface Options {
  readonly severity?: Severity
  readonly limit: number
}

/** `quotakeeper alerts …`: alerts. */
export function addAlerts(program: Command, runner: Runner): void {
  const alerts = program
    .command('alerts')
    .description(
      'alerts: thresholds that were reached, keys that vendors refused or that are used elsewhere, implausible counts',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper alerts list\n  quotakeeper alerts tail --severity critical\n  quotakeeper alerts test',
    )
  alerts
    .command('list')
    .description('list raised alerts, newest first')
    .addOption(severityOption())
    .option('--limit <number>', 'maximum number of alerts', positiveNumber, 50)
    .addHelpText('after', '\nExample:\n  quotakeeper alerts list --severity error')
    .action(action<[Options]>(runner, list))
  alerts
    .command('tail')
    .description('follow new alerts until Ctrl-C')
    .addOption(severityOption())
    .addHelpText(
      'after',
      '\nIt reconnects after restarts of the API and continues where it stopped. With --json, each line is one document.\n\nExample:\n  quotakeeper alerts tail --severity critical',
    )
    .action(action<[Omit<Options, 'limit'>]>(runner, tail))
  alerts
    .command('test')
    .description('send a test alert to every receiver')
    .addHelpText(
      'after',
      '\nExits 1 if a receiver was not reached or there is none.\n\nExample:\n  quotakeeper alerts test',
    )
    .action(action(runner, test))
}

async function test({ client, terminal, wantsJson }: Session): Promise<ExitCode> {
  const answer = await client.alerts.test.mutate()
  const { deliveries } = answer
  if (wantsJson) terminal.json(answer)
  else if (deliveries.length === 0)
    terminal.note('No receivers: add them to the configuration, under alerts.send.')
  else {
    const lines = deliveries.map(({ channel, ok, error }) =>
      ok
        ? `${terminal.paint('green', '✓')} ${stripControls(channel)}`
        : `${terminal.paint('red', '✗')} ${stripControls(`${channel}: ${error ?? 'not reached'}`)}`,
    )
    terminal.print(lines)
  }
  return deliveries.length > 0 && deliveries.every(({ ok }) => ok) ? exitCodes.done : exitCodes.failed
}

async function tail(session: Session, { severity }: Omit<Options, 'limit'>): Promise<void> {
  const { api, terminal, wantsJson, signal } = session
  let isBroken = false
  let isFirst = true
  await followAlerts(api, severity === undefined ? {} : { severity }, {
    signal,
    listener: {
      onAlert: alert => terminal.print(wantsJson ? JSON.stringify(alert) : lineOf(alert, session)),
      onConnected: () => {
        if (isFirst) terminal.note(`Following the alerts of ${api.url}. Ctrl-C ends it.`)
        else if (isBroken) terminal.note('The API is back.')
        isFirst = false
        isBroken = false
      },
      onBreak: () => {
        if (!isBroken) terminal.note(`The API at ${api.url} does not answer; trying again.`)
        isBroken = true
      },
    },
  })
}

function lineOf(alert: Omit<StreamedAlert, 'deliveries'>, { terminal, clock }: Session): string {
  const { raisedAt, severity, text } = alert
  const grade = terminal.paint(severity === 'warning' ? 'yellow' : 'red', severity.padEnd(8))
  return `${clock().long(raisedAt)}  ${grade}  ${stripControls(text)}`
}

async function list(session: Session, { severity, limit }: Options): Promise<void> {
  const { client, terminal, wantsJson } = session
  const query = severity === undefined ? {} : { severity }
  const rows = await everyRow(page => client.alerts.list.query({ ...query, ...page }), limit)
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.note('No alerts.')
  const time = session.clock()
  terminal.print(
    tableLines({
      columns: [
        { header: 'RAISED' },
        { header: 'SEVERITY' },
        { header: 'OF', mayShrink: true },
        { header: 'LIMIT', mayShrink: true },
        { header: 'AT', align: 'right' },
        { header: 'USED', align: 'right', dropFirst: 2 },
        { header: 'MAX', align: 'right', dropFirst: 1 },
      ],
      rows: rows.map(
        ({
          raisedAt,
          severity: grade,
          subject,
          kind,
          limitId,
          model,
          thresholdPercent,
          metric,
          used,
          max,
        }) => [
          time.long(raisedAt),
          { text: grade, look: grade === 'warning' ? 'yellow' : 'red' },
          subjectLabel(subject),
          `${limitId ?? refusals[kind]}${model === null ? '' : ` for ${model}`}`,
          thresholdPercent === null ? '–' : `${thresholdPercent} %`,
          metric === null ? '–' : amountOf(metric, used),
          metric === null ? '–' : amountOf(metric, max),
        ],
      ),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}
